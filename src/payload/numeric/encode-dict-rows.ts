/** Dicts of floats with the same keys → JSON text as Python's json.dumps writes it, in the numbers kernel. */
import type { DictRows } from '../../data/dict-rows.ts';
import { encodeString } from '../encode-text.ts';
import { layout, type NumbersMemory, numbersMemory } from './numbers-memory.ts';

/** Longest text of a double. */
const numberBytes = 28;
/** Bytes that the kernel touches behind its text. */
const spareBytes = 64;

/**
 * `{"a": 1.0, "b": NaN}, …` without brackets around it; null where the keys are too long for the kernel. float32 is widened
 * first, as Python does.
 */
export function encodeDictRows({ keys, values }: DictRows): string | null {
  const texts = keys.map((key, at) => `, ${at === 0 ? '{' : ''}${encodeString(key)}: `);
  const textBytes = texts.reduce((sum, { length }) => sum + length, 0);
  const rowBytes = textBytes + keys.length * numberBytes + 1;
  const rowsAtOnce = Math.min(
    Math.floor((layout.windowBytes - spareBytes) / rowBytes),
    Math.floor(layout.stagingElements / keys.length),
  );
  if (rowsAtOnce === 0 || textBytes + 16 * keys.length > layout.scratchBytes) return null;
  const memory = numbersMemory();
  storeTexts(memory, texts);
  const size = rowsAtOnce * keys.length;
  let text = '';
  for (let start = 0; start < values.length; start += size) {
    const part = values.length <= size ? values : values.subarray(start, start + size);
    text += encodePart(memory, part, keys.length, start === 0 ? 2 : 0);
  }
  return text;
}

function encodePart(
  { kernel, bytes, doubles }: NumbersMemory,
  values: Float32Array | Float64Array,
  width: number,
  skipped: number,
): string {
  doubles.set(values, layout.staging / 8);
  const { staging, scratch, window } = layout;
  const end = kernel.formatRecords(staging, values.length, width, scratch, window);
  return bytes.toString('latin1', window + skipped, end);
}

/** As `formatRecords` reads them. */
function storeTexts({ bytes }: NumbersMemory, texts: readonly string[]): void {
  let at: number = layout.scratch;
  for (const text of texts) {
    bytes.writeUInt32LE(text.length, at);
    bytes.write(text, at + 8, 'latin1');
    at += 8 + Math.ceil(text.length / 8) * 8;
  }
}
