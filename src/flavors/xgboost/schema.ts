/** The shape of an XGBoost model file (schema of versions 1.0 to 3.2): foreign values in, a checked {@link BoosterModel} out. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { BoosterModel, LinearBooster, ModelSizes, TreeBooster } from './booster-model.ts';
import {
  asMap,
  floatsAt,
  type ForeignMap,
  type ForeignValue,
  integerTextAt,
  invalidModelFile,
  mapAt,
  member,
  textAt,
  textsAt,
} from './foreign-value.ts';
import { findObjective, type Objective } from './objectives.ts';
import { parseBaseScores } from './parse-base-scores.ts';
import { parseTreeBooster } from './parse-tree-booster.ts';

/** Most outputs (classes or targets) of a model. */
const maxOutputs = 1 << 20;
/** Base score of a model that was never trained, taken as a margin (`ObjFunction::DefaultBaseScore`). */
const untrainedBase = 0.5;

/**
 * Reads a document as XGBoost 3.2 loads it (src/learner.cc `LearnerIO::LoadModel`).
 * @throws MODEL_FILE_INVALID where it is damaged, MODEL_NOT_NATIVE where it can't be scored exactly
 */
export function parseBoosterModel(document: ForeignValue): BoosterModel {
  const learner = mapAt(asMap(document, 'document'), 'learner');
  const param = mapAt(learner, 'learner_model_param');
  const sizes = parseSizes(param);
  const objective = parseObjective(mapAt(learner, 'objective'), sizes);
  const booster = parseBooster(mapAt(learner, 'gradient_booster'), sizes);
  return {
    ...sizes,
    objective,
    booster,
    baseMargin: parseBaseMargin(param, sizes, objective, booster),
    featureNames: optionalTexts(learner, 'feature_names'),
    featureTypes: optionalTexts(learner, 'feature_types'),
    ...parseAttributes(learner),
  };
}

function parseSizes(param: ForeignMap): ModelSizes {
  const featureCount = integerTextAt(param, 'num_feature');
  const classCount = integerTextAt(param, 'num_class');
  const targetCount = integerTextAt(param, 'num_target', 1);
  const outputCount = Math.max(targetCount, classCount, 1);
  if (featureCount < 0 || classCount < 0 || targetCount < 1 || outputCount > maxOutputs) {
    throw invalidModelFile(
      `${featureCount} features, ${classCount} classes, ${targetCount} targets`,
    );
  }
  if (classCount > 1 && targetCount > 1) throw invalidModelFile('it has classes and targets');
  return { featureCount, classCount, outputCount };
}

function parseObjective(config: ForeignMap, sizes: ModelSizes): Objective {
  const name = textAt(config, 'name');
  const objective = findObjective(name);
  if (objective === undefined) throw notNative(`the objective "${name}" is unknown to XGBoost 3.2`);
  if (name.startsWith('multi:')) {
    const classes = integerTextAt(mapAt(config, 'softmax_multiclass_param'), 'num_class');
    if (classes !== sizes.classCount) {
      throw invalidModelFile(
        `${classes} classes of the objective, ${sizes.classCount} of the model`,
      );
    }
  }
  return objective;
}

function parseBooster(config: ForeignMap, sizes: ModelSizes): TreeBooster | LinearBooster {
  const kind = textAt(config, 'name');
  if (kind === 'gbtree') return parseTreeBooster(mapAt(config, 'model'), sizes);
  if (kind === 'dart') {
    const inner = mapAt(mapAt(config, 'gbtree'), 'model');
    return parseTreeBooster(inner, sizes, floatsAt(config, 'weight_drop'));
  }
  if (kind === 'gblinear') return parseLinearBooster(mapAt(config, 'model'), sizes);
  throw notNative(`the booster "${kind}" is unknown to XGBoost 3.2`);
}

function parseLinearBooster(model: ForeignMap, sizes: ModelSizes): LinearBooster {
  const weights = floatsAt(model, 'weights');
  const expected = (sizes.featureCount + 1) * sizes.outputCount;
  if (weights.length !== expected) {
    throw invalidModelFile(`${weights.length} weights where ${expected} belong`);
  }
  const rounds = model.has('boosted_rounds') ? member(model, 'boosted_rounds') : 0;
  if (typeof rounds !== 'number') throw invalidModelFile('"boosted_rounds" is not a number');
  return { kind: 'gblinear', weights, rounds };
}

/** Source: XGBoost 3.2 src/learner.cc `InitModelUserParam` and `HandleOldFormat`. */
function parseBaseMargin(
  param: ForeignMap,
  sizes: ModelSizes,
  objective: Objective,
  booster: TreeBooster | LinearBooster,
): Float32Array {
  const fitted = booster.kind === 'gblinear' ? booster.rounds !== 0 : booster.trees.length > 0;
  if (!fitted && integerTextAt(param, 'boost_from_average', 1) !== 0) {
    return new Float32Array(sizes.outputCount).fill(untrainedBase);
  }
  const scores = parseBaseScores(textAt(param, 'base_score'));
  if (scores.length !== 1 && scores.length !== sizes.outputCount) {
    throw invalidModelFile(`${scores.length} base scores for ${sizes.outputCount} outputs`);
  }
  if (!scores.every((score) => objective.acceptsBase?.(score) ?? true)) {
    throw notNative(`XGBoost refuses its base score for the objective "${objective.name}"`);
  }
  const margins = scores.map(objective.baseMargin);
  return margins.length === 1
    ? new Float32Array(sizes.outputCount).fill(margins[0] as number)
    : margins;
}

function optionalTexts(learner: ForeignMap, key: string): readonly string[] | null {
  if (!learner.has(key)) return null;
  const texts = textsAt(learner, key);
  return texts.length === 0 ? null : texts;
}

function parseAttributes(
  learner: ForeignMap,
): Pick<BoosterModel, 'bestIteration' | 'estimatorType'> {
  const attributes = mapAt(learner, 'attributes');
  return {
    bestIteration: attributes.has('best_iteration')
      ? integerTextAt(attributes, 'best_iteration')
      : null,
    estimatorType: attributes.has('scikit_learn')
      ? parseEstimatorType(textAt(attributes, 'scikit_learn'))
      : null,
  };
}

function parseEstimatorType(text: string): string | null {
  try {
    const meta: unknown = JSON.parse(text);
    const isObject = typeof meta === 'object' && meta !== null && '_estimator_type' in meta;
    return isObject && typeof meta._estimator_type === 'string' ? meta._estimator_type : null;
  } catch (cause) {
    throw slipwayError(
      'MODEL_FILE_INVALID',
      'The attribute "scikit_learn" of the XGBoost model is not JSON.',
      {
        cause,
      },
    );
  }
}

function notNative(reason: string): SlipwayError {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The XGBoost model can't be scored natively: ${reason}.`,
    {
      details: { reason },
    },
  );
}
