/** Labels of the classes, and vectors of them. Source: CatBoost 1.2 model.cpp `GetModelClassLabels`, _catboost.pyx. */
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import type { CatboostModel } from './catboost-model.ts';
import { invalidModelFile, notNative } from './model-error.ts';
import { classParams, lossName, trainedLabels } from './model-info.ts';

/** Makes the labels of class numbers. */
export type Labeller = (classes: Int32Array) => Vector;

/** Losses for which CatBoost numbers the classes itself. */
const classLosses: ReadonlySet<string> = new Set([
  'Logloss',
  'CrossEntropy',
  'Focal',
  'MultiClass',
  'MultiClassOneVsAll',
  'MultiLogloss',
  'MultiCrossEntropy',
  'PythonUserDefinedPerObject',
]);

/**
 * Labels by class number.
 * @throws MODEL_NOT_NATIVE where the file does not say what the classes are; MODEL_FILE_INVALID
 */
export function classLabels(model: CatboostModel): readonly PyValue[] {
  const params = classParams(model);
  if (params !== undefined) {
    if (params.labels.length > 0) return params.labels;
    if (params.classCount > 0) return integers(params.classCount);
    if (params.classToLabel.length > 0) {
      return params.classToLabel.map((label) => BigInt(Math.trunc(label)));
    }
  }
  const trained = trainedLabels(model);
  if (trained.length > 0) return trained;
  if (classLosses.has(lossName(model))) {
    return integers(model.outputCount === 1 ? 2 : model.outputCount);
  }
  throw notNative(`it predicts classes, but was trained with the loss ${lossName(model)}`);
}

function integers(count: number): readonly bigint[] {
  if (count > 0xffff) throw invalidModelFile(`it has ${count} classes`);
  return Array.from({ length: count }, (_, i) => BigInt(i));
}

/** Labels as int64, float64, bool or object, by the kind of the first label. @throws MODEL_FILE_INVALID */
export function makeLabeller(labels: readonly PyValue[]): Labeller {
  const [first] = labels;
  if (labels.some((label) => typeof label !== typeof first)) {
    throw invalidModelFile('its class labels are of several kinds');
  }
  const at = (index: number): PyValue => labels[index] ?? null;
  switch (typeof first) {
    case 'bigint':
      return integerLabeller(BigInt64Array.from(labels as readonly bigint[]));
    case 'number':
      return (classes) => {
        const values = Float64Array.from(classes, (index) => at(index) as number);
        return { dtype: 'float64', values };
      };
    case 'boolean':
      return (classes) => {
        const values = Uint8Array.from(classes, (index) => Number(at(index)));
        return { dtype: 'bool', values };
      };
    case 'string':
      return (classes) => ({ dtype: 'object', values: Array.from(classes, at) });
    default:
      throw invalidModelFile('its class labels are neither numbers nor strings');
  }
}

/** Copies halves of 32 bits: a BigInt of each element would take longer than the trees. */
function integerLabeller(labels: BigInt64Array): Labeller {
  const halves = new Int32Array(labels.buffer);
  return (classes) => {
    const values = new BigInt64Array(classes.length);
    const target = new Int32Array(values.buffer);
    for (let at = 0; at < classes.length; at += 1) {
      const label = (classes[at] as number) * 2;
      target[at * 2] = halves[label] as number;
      target[at * 2 + 1] = halves[label + 1] as number;
    }
    return { dtype: 'int64', values };
  };
}
