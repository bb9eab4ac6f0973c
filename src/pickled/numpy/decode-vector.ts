/** Elements of one plain dtype → a vector, copied out of the file. */
import type { DatetimeDtype } from '../../data/dtype.ts';
import type { Vector } from '../../data/vector.ts';
import { invalidFile } from '../invalid-file.ts';
import type { PickledDtype } from '../pickled-value.ts';
import { float16ToNumber } from './float16.ts';

/**
 * @param bytes `count` times the dtype's item size, in C order
 * @returns undefined where there is no vector of that dtype
 * @throws MODEL_FILE_INVALID for text that is no Unicode
 */
export function decodeVector(
  dtype: PickledDtype,
  bytes: Uint8Array,
  count: number,
  where: string,
): Vector | undefined {
  const size = dtype.itemSizeBytes;
  if (dtype.code === 'S') return { dtype: 'bytes', values: byteStrings(bytes, size, count) };
  if (dtype.code === 'U') {
    return {
      dtype: 'str',
      values: strings(nativeCopy(bytes, 4, dtype.bigEndian), size / 4, count, where),
    };
  }
  if (dtype.code === 'M') return datetimes(dtype, bytes);
  const decode = Object.hasOwn(numbers, `${dtype.code}${size}`)
    ? numbers[`${dtype.code}${size}`]
    : undefined;
  return decode?.(nativeCopy(bytes, size, dtype.bigEndian).buffer);
}

const numbers: Readonly<Record<string, (buffer: ArrayBuffer) => Vector>> = {
  b1: (b) => ({ dtype: 'bool', values: new Uint8Array(b).map((v) => (v === 0 ? 0 : 1)) }),
  i1: (b) => ({ dtype: 'int8', values: new Int8Array(b) }),
  i2: (b) => ({ dtype: 'int16', values: new Int16Array(b) }),
  i4: (b) => ({ dtype: 'int32', values: new Int32Array(b) }),
  i8: (b) => ({ dtype: 'int64', values: new BigInt64Array(b) }),
  u1: (b) => ({ dtype: 'uint8', values: new Uint8Array(b) }),
  u2: (b) => ({ dtype: 'uint16', values: new Uint16Array(b) }),
  u4: (b) => ({ dtype: 'uint32', values: new Uint32Array(b) }),
  u8: (b) => ({ dtype: 'uint64', values: new BigUint64Array(b) }),
  f2: (b) => ({
    dtype: 'float16',
    values: Float32Array.from(new Uint16Array(b), float16ToNumber),
  }),
  f4: (b) => ({ dtype: 'float32', values: new Float32Array(b) }),
  f8: (b) => ({ dtype: 'float64', values: new Float64Array(b) }),
};

const units: ReadonlySet<string> = new Set(['ns', 'us', 'ms', 's', 'm', 'h', 'D']);

function datetimes(dtype: PickledDtype, bytes: Uint8Array): Vector | undefined {
  if (dtype.unit === undefined || !units.has(dtype.unit)) return undefined;
  const values = new BigInt64Array(nativeCopy(bytes, 8, dtype.bigEndian).buffer);
  return { dtype: `datetime64[${dtype.unit}]` as DatetimeDtype, values };
}

/** A copy in this machine's byte order (every platform of Node is little-endian). */
function nativeCopy(bytes: Uint8Array, size: number, bigEndian: boolean): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  if (!bigEndian || size < 2) return copy;
  const swapped = Buffer.from(copy.buffer);
  if (size === 2) swapped.swap16();
  else if (size === 4) swapped.swap32();
  else if (size === 8) swapped.swap64();
  return copy;
}

/** NumPy ignores the zeros at the end of an element. */
function byteStrings(bytes: Uint8Array, size: number, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, item) => {
    let end = (item + 1) * size;
    while (end > item * size && bytes[end - 1] === 0) end -= 1;
    return bytes.slice(item * size, end);
  });
}

function strings(
  bytes: Uint8Array<ArrayBuffer>,
  length: number,
  count: number,
  where: string,
): readonly string[] {
  const points = new Uint32Array(bytes.buffer);
  return Array.from({ length: count }, (_, item) => {
    let end = (item + 1) * length;
    while (end > item * length && points[end - 1] === 0) end -= 1;
    return textOf(points.subarray(item * length, end), where);
  });
}

const lastCodePoint = 0x10ffff;

function textOf(points: Uint32Array, where: string): string {
  let text = '';
  for (const point of points) {
    if (point > lastCodePoint) throw invalidFile('a string array holds no Unicode', where);
    text += String.fromCodePoint(point);
  }
  return text;
}
