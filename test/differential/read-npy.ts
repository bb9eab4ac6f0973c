/** Reads the arrays that the recorders write: NumPy's .npy version 1, little-endian, C order. */
import { readFileSync } from 'node:fs';

/** An array of a file; int64 values are widened to numbers. */
export interface NpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array | readonly number[];
}

/** Reads one file. */
export function readNpy(path: string): NpyArray {
  const bytes = readFileSync(path);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const dtype = /'descr': '([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  return {
    dtype,
    shape,
    values: readValues(dtype, Uint8Array.from(bytes.subarray(10 + headerLength)).buffer),
  };
}

function readValues(dtype: string, buffer: ArrayBuffer): NpyArray['values'] {
  if (dtype === '<f4') return new Float32Array(buffer);
  if (dtype === '<f8') return new Float64Array(buffer);
  if (dtype === '<i4') return new Int32Array(buffer);
  if (dtype === '<i8') return Array.from(new BigInt64Array(buffer), Number);
  throw new Error(`no reader for ${dtype}`);
}
