/** Raw bytes, dtype and shape → an array in C order and native byte order. */
import type { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import { ndArray } from '../../data/nd-array.ts';
import type { PickledArray, PickledDtype } from '../pickled-value.ts';
import { decodeVector } from './decode-vector.ts';
import { elementCount, holdsObjects } from './dtype.ts';
import { toCOrder } from './to-c-order.ts';

/** What an array is made of. */
export interface ArraySource {
  readonly dtype: PickledDtype;
  readonly shape: readonly number[];
  /** First index fastest. Default: false. */
  readonly fortranOrder?: boolean;
  readonly bytes: Uint8Array;
  /** Where the array stands, for messages. */
  readonly where: string;
}

const dimensionLimit = 64;

/**
 * Decodes an array without Python objects.
 * @throws MODEL_FILE_INVALID when the bytes are not what dtype and shape need
 */
export function decodeArray(source: ArraySource, budget: Budget): PickledArray {
  const { dtype, shape, bytes, where } = source;
  checkShape(shape, where);
  const count = elementCount(shape);
  if (holdsObjects(dtype)) throw invalidFile('Python objects inside of raw array data', where);
  if (bytes.length !== count * dtype.itemSizeBytes) {
    throw invalidFile('an array has another number of bytes than its shape needs', where);
  }
  // Elements of no bytes (`U0`) cost memory all the same.
  budget.take(bytes.length + 8 * count, where);
  const ordered =
    source.fortranOrder === true ? toCOrder(bytes, dtype.itemSizeBytes, shape) : bytes;
  return decodeOrdered({ dtype, shape, bytes: ordered, where }, budget);
}

/** Refuses extents that are no counts. @throws MODEL_FILE_INVALID */
export function checkShape(shape: readonly number[], where: string): void {
  const sound = shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!sound || shape.length > dimensionLimit || !Number.isSafeInteger(elementCount(shape))) {
    throw invalidFile('an array has an impossible shape', where);
  }
}

function decodeOrdered(source: ArraySource, budget: Budget): PickledArray {
  const { dtype, shape, bytes } = source;
  if (dtype.fields !== undefined) return decodeRecords(source, dtype.fields, budget);
  if (dtype.subarray !== undefined) {
    const { subarray } = dtype;
    return decodeArray(
      { ...source, dtype: subarray.dtype, shape: [...shape, ...subarray.shape] },
      budget,
    );
  }
  const vector = decodeVector(dtype, bytes, elementCount(shape), source.where);
  if (vector === undefined) return { kind: 'raw', dtype, shape, bytes: Uint8Array.from(bytes) };
  return ndArray(vector, shape);
}

/** Each field is gathered into an array of its own. */
function decodeRecords(
  source: ArraySource,
  fields: NonNullable<PickledDtype['fields']>,
  budget: Budget,
): PickledArray {
  const { dtype, shape, bytes, where } = source;
  const decoded = new Map<string, PickledArray>();
  for (const [name, field] of fields) {
    const size = field.dtype.itemSizeBytes;
    if (field.offsetBytes + size > dtype.itemSizeBytes) {
      throw invalidFile('a field lies outside of its record', where);
    }
    budget.take(elementCount(shape) * size, where);
    const gathered = gather(bytes, dtype.itemSizeBytes, field.offsetBytes, size);
    decoded.set(name, decodeArray({ dtype: field.dtype, shape, bytes: gathered, where }, budget));
  }
  return { kind: 'records', shape, fields: decoded };
}

function gather(bytes: Uint8Array, stride: number, offset: number, size: number): Uint8Array {
  const count = stride === 0 ? 0 : bytes.length / stride;
  const gathered = new Uint8Array(count * size);
  for (let item = 0; item < count; item += 1) {
    const from = item * stride + offset;
    for (let byte = 0; byte < size; byte += 1) {
      gathered[item * size + byte] = bytes[from + byte] as number;
    }
  }
  return gathered;
}
