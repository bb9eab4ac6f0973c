/** The record of a pickled LGBMClassifier, LGBMRegressor, LGBMRanker or LGBMModel → what predicting needs. */
import type { Vector } from '../../../data/vector.ts';
import {
  isPickled,
  type PickledEntries,
  type PickledInstance,
  type PickledValue,
} from '../../../pickled/pickled-value.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { notNative } from '../invalid-model-text.ts';
import type { LightgbmModel } from '../lightgbm-model.ts';
import { openLightgbmText } from '../load-booster.ts';
import type { Estimator } from './estimator.ts';
import { parseLabels } from './parse-labels.ts';

const estimatorClass = /^lightgbm(?:\.sklearn)?\.(LGBM(?:Classifier|Regressor|Ranker|Model))$/;

/** Source: LightGBM 4.7 sklearn.py `_MULTICLASS_OBJECTIVES`. */
const multiclassObjectives: ReadonlySet<PickledValue> = new Set<PickledValue>([
  'multiclass',
  'softmax',
  'multiclassova',
  'multiclass_ova',
  'ova',
  'ovr',
]);

/** Params of training that `Booster.predict` is given too, and that change what it answers. */
const predictParams = ['pred_early_stop', 'predict_disable_shape_check'] as const;

/**
 * Reads a record, its Booster included.
 * @throws MODEL_FILE_INVALID; MODEL_NOT_NATIVE for a class of the user's own
 */
export function parseEstimator(record: PickledValue): Estimator {
  const name = isPickled(record, 'instance') ? record.className : 'no object';
  const className = estimatorClass.exec(name)?.[1];
  if (className === undefined || !isPickled(record, 'instance')) {
    throw notNative(`its file holds ${name}, which is not an estimator of LightGBM's own`);
  }
  const { attributes } = record;
  checkPredictParams(attributes);
  const booster = parseBooster(attributes.get('_Booster'));
  return {
    className,
    booster: booster.model,
    iterationCount: booster.bestIteration,
    labels: className === 'LGBMClassifier' ? classifierLabels(attributes, booster.model) : null,
  };
}

function checkPredictParams(attributes: PickledEntries): void {
  const others = attributes.get('_other_params');
  for (const name of predictParams) {
    const value = isPickled(others, 'dict') ? others.entries.get(name) : attributes.get(name);
    if (value !== undefined && value !== null && value !== false) {
      throw notNative(`it was trained with ${name}, which scoring would follow too`);
    }
  }
}

/** LightGBM up to 3.3 calls the text `handle`. Source: LightGBM 4.7 basic.py `Booster.__setstate__`. */
function parseBooster(record: PickledValue | undefined): {
  readonly model: LightgbmModel;
  readonly bestIteration: number;
} {
  if (record === undefined || record === null)
    throw invalidModelFile('the estimator is not fitted');
  const { className, attributes } = isPickled(record, 'instance') ? record : noInstance;
  const text = attributes.get('_handle') ?? attributes.get('handle');
  if (className !== 'lightgbm.basic.Booster' || typeof text !== 'string') {
    throw notNative('its Booster is not one of LightGBM');
  }
  const best = attributes.get('best_iteration');
  const bestIteration = typeof best === 'bigint' && best > 0n ? Number(best) : 0;
  return { model: openLightgbmText(text), bestIteration };
}

const noInstance: Pick<PickledInstance, 'className' | 'attributes'> = {
  className: '',
  attributes: new Map(),
};

/** Source: LightGBM 4.7 sklearn.py `LGBMClassifier.predict`, `predict_proba`. */
function classifierLabels(attributes: PickledEntries, model: LightgbmModel): Vector | null {
  const objective = attributes.get('_objective') ?? null;
  // A function: the estimator answers with raw scores.
  if (objective !== null && typeof objective !== 'string') return null;
  const classCount = attributes.get('_n_classes');
  if (typeof classCount !== 'bigint') throw invalidModelFile('the number of classes is missing');
  const severalScores = classCount > 2n || multiclassObjectives.has(objective);
  if (severalScores !== model.outputCount > 1) {
    throw notNative('its Booster and its classes do not fit each other');
  }
  const encoder = attributes.get('_le');
  const classes = isPickled(encoder, 'instance')
    ? encoder.attributes.get('classes_')
    : attributes.get('_classes');
  return parseLabels(classes);
}
