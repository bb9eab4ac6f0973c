/** Vectors of floats → JSON text as Python's json.dumps writes it. */
import { layout, numbersMemory } from './numbers-memory.ts';

/** Doubles a call: their text (28 bytes each) fits the window. */
const batchSize = 8192;

/**
 * Text of the values, `1.0, 2.5, NaN`, without brackets around it; with `rowLength` as rows `[1.0, 2.5], [3.0, 4.0]` of that many.
 * float32 is widened first, as Python does. Source: CPython `repr(float)`, `json.dumps`.
 */
export function encodeFloats(values: Float32Array | Float64Array, rowLength = 0): string {
  const { kernel, bytes, doubles } = numbersMemory();
  const size = rowLength === 0 ? batchSize : Math.floor(batchSize / rowLength) * rowLength;
  if (size === 0) return encodeLongRows(values, rowLength);
  let text = '';
  for (let start = 0; start < values.length; start += size) {
    const count = Math.min(size, values.length - start);
    const part = count === values.length ? values : values.subarray(start, start + count);
    doubles.set(part, layout.staging / 8);
    const end = kernel.formatFloats(layout.staging, count, rowLength, layout.window);
    text += (start === 0 ? '' : ', ') + bytes.toString('latin1', layout.window, end);
  }
  return text;
}

function encodeLongRows(values: Float32Array | Float64Array, rowLength: number): string {
  const rows: string[] = [];
  for (let start = 0; start < values.length; start += rowLength) {
    rows.push(`[${encodeFloats(values.subarray(start, start + rowLength))}]`);
  }
  return rows.join(', ');
}
