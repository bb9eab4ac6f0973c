/** Inputs and answers as `tools/reference/random_models/recording.py` writes them. */
import { type ColumnLabel, frame } from '../../src/data/frame.ts';
import { ndArray } from '../../src/data/nd-array.ts';
import type { PyValue } from '../../src/data/py-value.ts';
import type { Vector } from '../../src/data/vector.ts';

/** A value with its type: plain for None, bool and text, else one tag and its content. */
export type RecordedValue = null | boolean | string | { readonly [tag: string]: unknown };

interface RecordedRun {
  readonly dtype: string;
  /** Bits in base64; the values themselves for text and objects. */
  readonly values: string | readonly RecordedValue[];
}

interface RecordedFrame {
  readonly rows: number;
  readonly columns: readonly (RecordedRun & { readonly label: ColumnLabel })[];
}

/** Reads a value. */
export function readRecorded(recorded: RecordedValue): PyValue {
  if (recorded === null || typeof recorded !== 'object') return recorded;
  const [tag = '', content] = Object.entries(recorded)[0] ?? [];
  switch (tag) {
    case 'int':
      return BigInt(content as string);
    case 'float':
      return readFloat(content as string);
    case 'list':
      return (content as readonly RecordedValue[]).map(readRecorded);
    case 'dict':
      return new Map(
        (content as [string | number, RecordedValue][]).map(([key, of]) => [
          String(key),
          readRecorded(of),
        ]),
      );
    case 'np':
      return readScalar(content as [string, string | boolean]);
    case 'array': {
      const array = content as RecordedRun & { readonly shape: readonly number[] };
      return ndArray(readRun(array), array.shape);
    }
    case 'frame': {
      const { columns, rows } = content as RecordedFrame;
      return frame(
        columns.map((column) => ({ label: column.label, data: readRun(column) })),
        rows,
      );
    }
    default:
      throw new Error(`no such tag: ${tag}`);
  }
}

function readFloat(text: string): number {
  return Number(text.replace('inf', 'Infinity'));
}

function readScalar([dtype, value]: [string, string | boolean]): PyValue {
  if (typeof value === 'boolean') return { kind: 'scalar', dtype: 'bool', value };
  const isInteger = dtype.includes('int');
  return {
    kind: 'scalar',
    dtype: dtype as 'float64',
    value: isInteger ? BigInt(value) : readFloat(value),
  };
}

const arrays = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

function readRun({ dtype, values }: RecordedRun): Vector {
  if (dtype === 'str') return { dtype, values: values as readonly string[] };
  if (typeof values !== 'string') return { dtype: 'object', values: values.map(readRecorded) };
  const { buffer } = Uint8Array.from(Buffer.from(values, 'base64'));
  return { dtype, values: new arrays[dtype as keyof typeof arrays](buffer) } as Vector;
}
