import { invalidModelText } from './invalid-model-text.ts';
import type { TextLines, TextSpan } from './text-lines.ts';

const prefix = 'pandas_categorical:';

/**
 * Categories of the DataFrame columns that the model was trained with: the last line, or the one before it.
 * Source: LightGBM 4.7 basic.py `_load_pandas_categorical`.
 *
 * @returns null where there is no such line, or where it holds null
 * @throws MODEL_FILE_INVALID where the line is not JSON
 */
export function parsePandasCategorical(lines: TextLines): readonly unknown[] | null {
  const line = lastLines(lines.bytes).find(({ start }) => lines.startsWith(start, prefix));
  if (line === undefined) return null;
  const text = lines.text({ start: line.start + prefix.length, end: line.end });
  // Python writes categories that are not finite as tokens that JSON has not.
  const value = parseJson(text.replaceAll(/\b(?:NaN|-?Infinity)\b/g, 'null'));
  if (value === null || Array.isArray(value)) return value;
  throw invalidModelText('its categories of DataFrame columns are not a list');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidModelText('its categories of DataFrame columns are not JSON');
  }
}

function lastLines(bytes: Buffer): readonly TextSpan[] {
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length;
  const last = bytes.lastIndexOf(0x0a, end - 1) + 1;
  const before = last === 0 ? 0 : bytes.lastIndexOf(0x0a, last - 2) + 1;
  return [
    { start: last, end },
    { start: before, end: Math.max(before, last - 1) },
  ];
}
