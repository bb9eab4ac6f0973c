/** Python values as JSON with their types, as `tools/reference/record-enforcement.py` writes them; both ways. */
import { type Frame, frame, isFrame } from '../../src/data/frame.ts';
import { isNdArray, ndArray } from '../../src/data/nd-array.ts';
import {
  isNumpyScalar,
  isPyDatetime,
  isPyDict,
  isPyList,
  type PyValue,
} from '../../src/data/py-value.ts';
import type { Vector } from '../../src/data/vector.ts';
import { formatPythonFloat } from '../../src/data/format-float.ts';

/** A tagged value; see the script. */
export type Tagged = null | boolean | string | { readonly [tag: string]: unknown };

/** Reads a tagged value. */
export function fromTagged(tagged: Tagged): PyValue {
  if (tagged === null || typeof tagged !== 'object') return tagged;
  const [tag = '', content] = Object.entries(tagged)[0] ?? [];
  const items = content as readonly Tagged[];
  switch (tag) {
    case 'int':
      return BigInt(content as string);
    case 'float':
      return readFloat(content as string);
    case 'bytes':
      return Buffer.from(content as string, 'latin1');
    case 'list':
      return items.map(fromTagged);
    case 'dict':
      return new Map((content as [string, Tagged][]).map(([key, item]) => [key, fromTagged(item)]));
    case 'array':
      return readArray(content as [string, Tagged[], number[]]);
    case 'frame':
      return readFrame(content as [[string | number, string, Tagged[]][], number, Tagged[] | null]);
    default:
      throw new Error(`no such tag: ${tag}`);
  }
}

function readArray([dtype, values, shape]: [string, Tagged[], number[]]): PyValue {
  return ndArray(readVector(dtype, values), shape);
}

function readFrame([columns, rows, index]: [
  [string | number, string, Tagged[]][],
  number,
  Tagged[] | null,
]): Frame {
  return frame(
    columns.map(([label, dtype, values]) => ({ label, data: readVector(dtype, values) })),
    rows,
    index === null ? undefined : index.map(fromTagged),
  );
}

function readFloat(text: string): number {
  return text.endsWith('inf') ? Number(text.replace('inf', 'Infinity')) : Number(text);
}

const typedArrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  float16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function readVector(dtype: string, values: readonly Tagged[]): Vector {
  const texts = values as readonly string[];
  if (dtype === 'str') return { dtype, values: texts };
  if (dtype === 'bytes') return { dtype, values: texts.map((text) => Buffer.from(text, 'latin1')) };
  if (dtype === 'object') return { dtype, values: values.map(fromTagged) };
  if (dtype === 'bool')
    return { dtype, values: Uint8Array.from(texts, (v) => (v === 'True' ? 1 : 0)) };
  if (dtype === 'uint64') return { dtype, values: BigUint64Array.from(texts, BigInt) };
  if (dtype === 'int64' || dtype.startsWith('datetime64')) {
    return { dtype, values: BigInt64Array.from(texts, BigInt) } as Vector;
  }
  const numbers = texts.map(readFloat);
  return { dtype, values: typedArrays[dtype as 'int8'].from(numbers) } as unknown as Vector;
}

/** Writes a value with its types, as the script does. */
export function toTagged(value: PyValue): Tagged {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { float: formatPythonFloat(value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('latin1') };
  if (isPyList(value)) return { list: value.map(toTagged) };
  if (isPyDict(value)) return { dict: Array.from(value, ([key, item]) => [key, toTagged(item)]) };
  if (isNumpyScalar(value)) return { np: [value.dtype, writeScalar(value.value)] };
  if (isPyDatetime(value)) return writeDatetime(value.nanoseconds, value.unit);
  if (isNdArray(value)) return { array: [...writeVector(value.data), value.shape] };
  return isFrame(value) ? writeFrame(value) : null;
}

function writeScalar(value: boolean | bigint | number): boolean | string {
  if (typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? String(value) : formatPythonFloat(value);
}

/** Python's `isoformat` for dates (D) and datetimes (us). */
function writeDatetime(nanoseconds: bigint, unit = 'ns'): Tagged {
  const iso = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  if (unit === 'D') return { iso: iso.slice(0, 10) };
  return unit === 'us' ? { iso: iso.slice(0, 19) } : { dt: [unit, String(nanoseconds)] };
}

function writeFrame(value: Frame): Tagged {
  const columns = value.columns.map(({ label, data }) => [label, ...writeVector(data)]);
  return { frame: [columns, value.rowCount, value.index?.map(toTagged) ?? null] };
}

function writeVector(vector: Vector): readonly [string, readonly unknown[]] {
  switch (vector.dtype) {
    case 'str':
      return ['str', vector.values];
    case 'bytes':
    case 'object':
      return [vector.dtype, vector.values.map(bytesOrTagged)];
    case 'bool':
      return ['bool', Array.from(vector.values, (value) => (value === 1 ? 'True' : 'False'))];
    case 'float16':
    case 'float32':
    case 'float64':
      return [vector.dtype, Array.from(vector.values, formatPythonFloat)];
    default:
      return [vector.dtype, Array.from<number | bigint, string>(vector.values, String)];
  }

  function bytesOrTagged(value: PyValue): unknown {
    if (vector.dtype !== 'bytes') return toTagged(value);
    return Buffer.from(value as Uint8Array).toString('latin1');
  }
}
