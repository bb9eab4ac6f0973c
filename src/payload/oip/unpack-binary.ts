/** Binary tensors → vectors: raw little-endian elements in C order, `BYTES` each behind its length of four bytes. */
import { fromFloat16Bits } from '../../data/float16.ts';
import type { Vector } from '../../data/vector.ts';
import { type NumericDatatype, numericLayouts } from './datatypes.ts';
import type { InferInput } from './infer-request.ts';
import { invalidInput, shapeText } from './oip-error.ts';

/** A vector over the bytes themselves where they are aligned, else over a copy. @throws INVALID_INPUT */
export function unpackNumbers(
  { name, shape, count }: InferInput,
  datatype: NumericDatatype,
  bytes: Uint8Array,
): Vector {
  const wanted = count * numericLayouts[datatype].bytes;
  if (bytes.length !== wanted) {
    throw invalidInput(
      name,
      `has the shape ${shapeText(shape)} of ${datatype}, which is ${wanted} bytes, but its binary data has ${bytes.length}.`,
    );
  }
  return overBytes(aligned(bytes, numericLayouts[datatype].bytes), datatype, count);
}

function aligned(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

function overBytes(bytes: Uint8Array, datatype: NumericDatatype, count: number): Vector {
  const place = [bytes.buffer as ArrayBuffer, bytes.byteOffset, count] as const;
  switch (datatype) {
    case 'BOOL':
      return { dtype: 'bool', values: booleans(new Uint8Array(...place)) };
    case 'UINT8':
      return { dtype: 'uint8', values: new Uint8Array(...place) };
    case 'UINT16':
      return { dtype: 'uint16', values: new Uint16Array(...place) };
    case 'UINT32':
      return { dtype: 'uint32', values: new Uint32Array(...place) };
    case 'UINT64':
      return { dtype: 'uint64', values: new BigUint64Array(...place) };
    case 'INT8':
      return { dtype: 'int8', values: new Int8Array(...place) };
    case 'INT16':
      return { dtype: 'int16', values: new Int16Array(...place) };
    case 'INT32':
      return { dtype: 'int32', values: new Int32Array(...place) };
    case 'INT64':
      return { dtype: 'int64', values: new BigInt64Array(...place) };
    case 'FP16':
      return { dtype: 'float16', values: fromFloat16Bits(new Uint16Array(...place)) };
    case 'FP32':
      return { dtype: 'float32', values: new Float32Array(...place) };
    case 'FP64':
      return { dtype: 'float64', values: new Float64Array(...place) };
  }
}

/** Any byte but zero is true, and vectors hold 1 for it. */
function booleans(bytes: Uint8Array): Uint8Array {
  return bytes.some((byte) => byte > 1) ? bytes.map((byte) => (byte === 0 ? 0 : 1)) : bytes;
}

/** The elements of a binary `BYTES` tensor, as views. @throws INVALID_INPUT */
export function unpackTexts({ name, shape, count }: InferInput, bytes: Uint8Array): Uint8Array[] {
  if (count * 4 > bytes.length) throw wrongCount(name, shape, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const elements: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = at + 4 > bytes.length ? Number.POSITIVE_INFINITY : view.getUint32(at, true);
    const end = at + 4 + length;
    if (end > bytes.length) {
      throw invalidInput(name, `has binary data that ends inside element ${elements.length}.`);
    }
    if (elements.length === count) throw wrongCount(name, shape, count);
    elements.push(bytes.subarray(at + 4, end));
    at = end;
  }
  if (elements.length !== count) throw wrongCount(name, shape, count);
  return elements;
}

function wrongCount(name: string, shape: readonly number[], count: number): Error {
  return invalidInput(
    name,
    `has the shape ${shapeText(shape)}, which is ${count} elements; its binary data has another number of them.`,
  );
}
