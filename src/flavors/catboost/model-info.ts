/** What a model says of its training: loss, classes, threshold. Source: CatBoost 1.2 model.cpp, class_label_options.cpp. */
import { parseExactJson } from '../../data/parse-exact-json.ts';
import { isPyDict, isPyList, type PyDict, type PyValue } from '../../data/py-value.ts';
import type { CatboostModel } from './catboost-model.ts';
import { asObject, listAt as jsonListAt, numbersAt } from './json-members.ts';
import { invalidModelFile } from './model-error.ts';
import { parseNumber } from './parse-number.ts';
import { type JsonValue, readJson } from './read-json.ts';

/** Classes as the file lists them. */
export interface ClassParams {
  readonly classCount: number;
  readonly labels: readonly PyValue[];
  /** Label, or place among the labels, of each output. */
  readonly classToLabel: readonly number[];
}

/** An entry of the metadata that holds JSON. @throws MODEL_FILE_INVALID */
function readEntry(model: CatboostModel, key: string): PyDict | undefined {
  const text = model.info.get(key);
  if (text === undefined || text === '') return undefined;
  try {
    const value = parseExactJson(text);
    if (isPyDict(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalidModelFile(`its metadata ${key} is no JSON object`);
}

function dictAt(dict: PyDict | undefined, key: string): PyDict | undefined {
  const value = dict?.get(key);
  return isPyDict(value) ? value : undefined;
}

function textAt(dict: PyDict | undefined, key: string): string | undefined {
  const value = dict?.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** Name of the loss that was trained, without its parameters; empty where the file does not say. */
export function lossName(model: CatboostModel): string {
  const params = dictAt(readEntry(model, 'params'), 'loss_function');
  return textAt(params, 'type') ?? textAt(readEntry(model, 'loss_function'), 'type') ?? '';
}

/**
 * `loss_function` as the Python estimator was given it, by which it chooses its transform.
 * Source: CatBoost 1.2 core.py `_get_default_prediction_type`.
 */
export function requestedLoss(model: CatboostModel): string {
  const flat = dictAt(readEntry(model, 'params'), 'flat_params');
  return textAt(flat, 'objective') ?? textAt(flat, 'loss_function') ?? '';
}

/** Classes of the model; undefined where the file lists none. @throws MODEL_FILE_INVALID */
export function classParams(model: CatboostModel): ClassParams | undefined {
  const text = model.info.get('class_params') ?? model.info.get('multiclass_params');
  if (text === undefined || text === '') return undefined;
  const params = asObject(readJson(text), 'the list of classes');
  const classCount = params.members.get('classes_count') ?? 0;
  return {
    classCount: typeof classCount === 'number' ? classCount : 0,
    labels: typeLabels(jsonListAt(params, 'class_names'), params.members.get('class_label_type')),
    classToLabel: numbersAt(params, 'class_to_label'),
  };
}

/** CatBoost writes whole floats without a point, so that only the stated type tells them from integers. */
function typeLabels(labels: readonly JsonValue[], type: JsonValue | undefined): readonly PyValue[] {
  return labels.map((label) => {
    if (typeof label === 'string' || typeof label === 'boolean') return label;
    if (typeof label !== 'number') throw invalidModelFile('a class label is no label');
    return type === 'Float' || !Number.isSafeInteger(label) ? label : BigInt(label);
  });
}

function listAt(dict: PyDict | undefined, key: string): readonly PyValue[] {
  const value = dict?.get(key);
  return isPyList(value) ? value : [];
}

/** `class_names` among the training parameters, where older versions keep them. */
export function trainedLabels(model: CatboostModel): readonly PyValue[] {
  return listAt(dictAt(readEntry(model, 'params'), 'data_processing_options'), 'class_names');
}

/** Raw value above which a binary answer is the second class. Source: CatBoost 1.2 `GetBinClassLogitThreshold`. */
export function logitThreshold(model: CatboostModel): number {
  const text = model.info.get('binclass_probability_threshold') ?? '0.5';
  const parsed = text === '' ? undefined : parseNumber(text);
  const probability = parsed === undefined || Number.isNaN(parsed) ? 0.5 : parsed;
  return -Math.log(1 / probability - 1);
}
