/** Outputs of a run → what MLflow's wrapper returns. Source: mlflow/onnx 3.17.2 `_OnnxModelWrapper.predict`. */
import { type Column, frame } from '../../data/frame.ts';
import { type NdArray, ndArray } from '../../data/nd-array.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import type { Vector } from '../../data/vector.ts';
import { fromFloat16Bits } from '../../data/float16.ts';
import { refuseInput } from './invalid-model-file.ts';
import type { ModelOutput } from './model-interface.ts';
import type { TensorParts } from './to-tensor.ts';
import { zipMaps } from './zip-map.ts';

/** Tensors by output name. */
export type Outputs = Readonly<Record<string, TensorParts>>;

/** For an array or a dict: a dict of arrays with their shapes, or lists of dicts. */
export function toDict(outputs: readonly ModelOutput[], tensors: Outputs): Prediction {
  return new Map(outputs.map((output) => [output.name, toValue(output, tensors)]));
}

/**
 * For a table: a table with a flat column for each output.
 * @throws PREDICT_FAILED where the columns differ in length
 */
export function toTable(outputs: readonly ModelOutput[], tensors: Outputs): Prediction {
  const columns = outputs.map((output): Column => {
    const value = toValue(output, tensors);
    const data: Vector = isList(value) ? { dtype: 'object', values: value } : value.data;
    return { label: output.name, data };
  });
  const rowCount = columns[0]?.data.values.length ?? 0;
  if (columns.every(({ data }) => data.values.length === rowCount)) return frame(columns, rowCount);
  const sizes = columns.map(({ label, data }) => `${JSON.stringify(label)}: ${data.values.length}`);
  throw refuseInput(
    `The outputs of the model have different sizes (${sizes.join(', ')}), so they make no table. Send the data as "inputs" or "instances" arrays.`,
    { sizes },
  );
}

function isList(value: NdArray | readonly PyValue[]): value is readonly PyValue[] {
  return Array.isArray(value);
}

function toValue(output: ModelOutput, tensors: Outputs): NdArray | readonly PyValue[] {
  const tensor = tensors[output.name] as TensorParts;
  if (output.labels !== undefined) return zipMaps(output, output.labels, tensor);
  return ndArray(toVector(tensor), tensor.dims);
}

function toVector({ type, data }: TensorParts): Vector {
  if (type === 'string') return { dtype: 'object', values: data as readonly string[] };
  if (type !== 'float16') return { dtype: type, values: data } as Vector;
  const bits = data instanceof Uint16Array ? data : null;
  // Where the platform has a Float16Array, the library returns one.
  const values = bits === null ? Float32Array.from(data as Float32Array) : fromFloat16Bits(bits);
  return { dtype: 'float16', values };
}
