/** A NumPy array → the tensor of an input, by onnxruntime's rules for arrays. Source: onnxruntime 1.32 onnxruntime_pybind_mlvalue.cc. */
import type { PyValue } from '../../data/py-value.ts';
import { pythonStr } from '../../data/python-repr.ts';
import type { Vector } from '../../data/vector.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { elementTypeName, elementTypes, type RuntimeType } from './element-types.ts';
import type { Feed } from './feed-dict.ts';
import { toFloat16Bits } from '../../data/float16.ts';
import { refuseInput } from './invalid-model-file.ts';
import type { TensorValues } from './load-runtime.ts';
import type { ModelInput } from './model-interface.ts';
import type { Dimension } from './onnx-model.ts';

/** What a tensor is made of. */
export interface TensorParts {
  readonly type: RuntimeType;
  readonly data: TensorValues;
  readonly dims: readonly number[];
}

/**
 * Converts one array; numbers are not copied unless their type must change (float64 for a float input, float16).
 * @throws PREDICT_FAILED naming the input, what it wants and what it was given
 */
export function toTensor({ input, array, isOverride = false }: Feed): TensorParts {
  const wanted = elementTypes.get(input.type.elementType);
  const type = runtimeTypeOf(array.data, isOverride ? undefined : wanted?.runtimeType);
  if (type === undefined || type !== wanted?.runtimeType) throw wrongType(input, array.data.dtype);
  checkShape(input, array.shape);
  return { type, data: valuesFor(type, array.data, input), dims: array.shape };
}

/** MLflow casts float64 to float32 where the model wants that; nothing else is cast. Of byte strings onnxruntime reads garbage. */
function runtimeTypeOf(data: Vector, wanted: RuntimeType | undefined): RuntimeType | undefined {
  const { dtype } = data;
  if (dtype === 'float64' && wanted === 'float32') return 'float32';
  if (dtype === 'str' || dtype === 'object') return 'string';
  return dtype === 'bytes' || dtype.startsWith('datetime64') ? undefined : (dtype as RuntimeType);
}

function valuesFor(type: RuntimeType, data: Vector, input: ModelInput): TensorValues {
  if (type === 'string') {
    const texts = vectorValues(data).map((value) => textOf(value, input));
    if (data.dtype === 'object') checkNul(texts, input);
    return texts;
  }
  if (type === 'float16') return toFloat16Bits(data.values as Float32Array);
  if (type === 'float32' && data.dtype === 'float64') return Float32Array.from(data.values);
  return data.values as TensorValues;
}

/** `str(value)` of Python, which must have a UTF-8 form. */
function textOf(value: PyValue, input: ModelInput): string {
  const text = typeof value === 'string' ? value : pythonStr(value);
  if (isWellFormed(text)) return text;
  throw refuseInput(
    `The input ${JSON.stringify(input.name)} holds text that is no Unicode (half of a surrogate pair).`,
    { input: input.name },
  );
}

/** The library passes text to C, which ends at a NUL; onnxruntime does the same with NumPy's own strings only. */
function checkNul(texts: readonly string[], { name }: ModelInput): void {
  if (!texts.some((text) => text.includes('\0'))) return;
  throw refuseInput(
    `The input ${JSON.stringify(name)} holds text with a NUL character, which can't be passed natively; use the python runtime for it.`,
    { input: name },
  );
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function wrongType(input: ModelInput, actual: string): Error {
  const expected = elementTypeName(input.type.elementType);
  return refuseInput(
    `The input ${JSON.stringify(input.name)} wants elements of type ${expected} and was given ${actual}.`,
    { input: input.name, expected, actual },
  );
}

function checkShape(input: ModelInput, given: readonly number[]): void {
  const wanted = input.type.shape;
  // onnxruntime takes a shape without dimensions for one that is not stated.
  if (wanted === null || wanted.length === 0) return;
  const fits =
    wanted.length === given.length &&
    wanted.every((dimension, i) => typeof dimension !== 'number' || dimension === given[i]);
  if (fits) return;
  throw refuseInput(
    `The input ${JSON.stringify(input.name)} wants the shape ${shapeText(wanted)} and was given ${shapeText(given)}.`,
    { input: input.name, expected: wanted, actual: given },
  );
}

function shapeText(shape: readonly Dimension[]): string {
  return `[${shape.map((dimension) => dimension ?? 'any').join(', ')}]`;
}
