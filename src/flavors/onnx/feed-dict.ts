/** The input of a call as MLflow's wrapper hands it to onnxruntime: input name → array. Source: mlflow/onnx 3.17.2. */
import { type Frame, isFrame } from '../../data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../../data/nd-array.ts';
import { isPyDict, type PyDict } from '../../data/py-value.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import { frameValues } from './frame-values.ts';
import { refuseAsMlflow, refuseInput } from './invalid-model-file.ts';
import type { ModelInput } from './model-interface.ts';

/** One array for an input. */
export interface Feed {
  readonly input: ModelInput;
  readonly array: NdArray;
  /** It takes the place of a default in the file; MLflow does not cast it. */
  readonly isOverride?: boolean;
}

const floatElement = 1;

/**
 * Finds the array of every input.
 *
 * @param required inputs that a call must feed
 * @param optional inputs with a default in the file; only a dict can feed them
 * @throws PREDICT_FAILED, MODEL_RAISED
 */
export function toFeeds(
  input: ScoringInput,
  required: readonly ModelInput[],
  optional: readonly ModelInput[],
): readonly Feed[] {
  if (isFrame(input)) return fromFrame(input, required);
  if (isNdArray(input)) return [fromArray(input, required)];
  if (isPyDict(input)) return fromDict(input, required, optional);
  throw refuseInput('An ONNX model accepts a table, an array or a dict of arrays.');
}

function fromArray(array: NdArray, required: readonly ModelInput[]): Feed {
  const [input] = required;
  if (required.length === 1 && input !== undefined) return { input, array };
  throw refuseAsMlflow(
    `The model has ${required.length} inputs (${namesOf(required)}); a single array can't feed them. Send an object of arrays by name, or a table with these columns.`,
    { inputs: required.map(({ name }) => name) },
  );
}

function fromFrame(frame: Frame, required: readonly ModelInput[]): readonly Feed[] {
  const [first] = required;
  if (required.length > 1) {
    return required.map((input) => ({ input, array: columnValues(frame, input) }));
  }
  if (first === undefined) return [];
  return [{ input: first, array: valuesOf(frame.columns, frame.rowCount, first) }];
}

/** `frame[name].values`: columns of `str` and of extension dtypes are no NumPy arrays, which onnxruntime refuses. */
function columnValues(frame: Frame, input: ModelInput): NdArray {
  const columns = frame.columns.filter(({ label }) => label === input.name);
  const [only] = columns;
  if (only === undefined) {
    const given = frame.columns.map(({ label }) => JSON.stringify(label)).join(', ');
    throw refuseInput(
      `The model's input ${JSON.stringify(input.name)} needs a column of that name; the table has ${given || 'none'}.`,
      { input: input.name },
    );
  }
  if (columns.length > 1) return valuesOf(columns, frame.rowCount, input);
  const { data, extension = data.dtype === 'str' ? 'str' : undefined } = only;
  if (extension === undefined) return ndArray(data);
  throw refuseInput(
    `Column ${JSON.stringify(input.name)} is a pandas ${extension} column, which onnxruntime does not accept; send the data as "inputs", an object of arrays by name.`,
    { input: input.name },
  );
}

function valuesOf(columns: Frame['columns'], rowCount: number, input: ModelInput): NdArray {
  return frameValues(columns, rowCount, {
    float64AsFloat32: input.type.elementType === floatElement,
  });
}

function fromDict(
  dict: PyDict,
  required: readonly ModelInput[],
  optional: readonly ModelInput[],
): readonly Feed[] {
  const feeds: Feed[] = [];
  for (const [name, value] of dict) {
    // None feeds nothing, whatever its name.
    if (value === null && !required.some((one) => one.name === name)) continue;
    const isNamed = (one: ModelInput): boolean => one.name === name;
    const input = required.find(isNamed) ?? optional.find(isNamed);
    if (input === undefined)
      throw refuseInput(
        `The model has no input ${JSON.stringify(name)}; its inputs are ${namesOf(required)}.`,
        { input: name },
      );
    if (!isNdArray(value))
      throw refuseInput(`The value of the input ${JSON.stringify(name)} is no array.`, {
        input: name,
      });
    feeds.push({ input, array: value, isOverride: optional.includes(input) });
  }
  const missing = required.filter((one) => !feeds.some(({ input }) => input === one));
  if (missing.length === 0) return feeds;
  throw refuseInput(`The model's inputs ${namesOf(missing)} are missing.`, {
    missing: missing.map(({ name }) => name),
  });
}

function namesOf(inputs: readonly ModelInput[]): string {
  return inputs.map(({ name }) => JSON.stringify(name)).join(', ');
}
