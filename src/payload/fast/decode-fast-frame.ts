/** `dataframe_split` and `dataframe_records` through `JSON.parse`, where that gives what the exact reader gives. */
import { type Column, type Frame, frame } from '../../data/frame.ts';
import type { Signature } from '../../model/signature.ts';
import { decodePlainUtf8 } from '../json/decode-json-text.ts';
import { type FastPlan, fastPlanOf } from './fast-plan.ts';
import { fillColumn } from './fill-column.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Decodes and casts a body that holds one frame and nothing else.
 * @returns null when it holds anything whose exact form matters: the exact reader decides then
 */
export function decodeFastFrame(body: Uint8Array, signature: Signature): Frame | null {
  const plan = fastPlanOf(signature);
  const text = plan === null ? null : decodePlainUtf8(body);
  // Half surrogate pairs can only come from escapes.
  if (plan === null || text === null || /\\ud/i.test(text)) return null;
  const document = parse(text);
  if (!isObject(document)) return null;
  const keys = Object.keys(document);
  if (keys.length !== 1) return null;
  if (keys[0] === 'dataframe_split') return readSplit(document['dataframe_split'], plan);
  return keys[0] === 'dataframe_records' ? readRecords(document['dataframe_records'], plan) : null;
}

/** Bare NaN and Infinity, and whatever is no JSON, are left to the exact reader. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readSplit(split: unknown, plan: FastPlan): Frame | null {
  if (!isObject(split) || Object.keys(split).length !== 2) return null;
  const { columns: labels, data } = split;
  if (!Array.isArray(data) || data.length === 0 || !isLabels(labels)) return null;
  const rows = data as readonly (readonly unknown[])[];
  const width = labels.length;
  if (!rows.every((row) => Array.isArray(row) && row.length === width)) return null;
  return build(labels, rows.length, plan, (at) => (row) => rows[row]?.[at]);
}

function readRecords(records: unknown, plan: FastPlan): Frame | null {
  if (!Array.isArray(records) || !isObject(records[0])) return null;
  const rows = records as readonly JsonObject[];
  const labels = Object.keys(records[0]);
  if (!rows.every((row) => isObject(row) && hasKeys(row, labels))) return null;
  return build(labels, rows.length, plan, (at) => {
    const label = labels[at] ?? '';
    return (row) => rows[row]?.[label];
  });
}

/** The same keys: a row of other keys changes the order of the columns. */
function hasKeys(row: JsonObject, labels: readonly string[]): boolean {
  let count = 0;
  for (const key in row) {
    // Rows are usually written alike.
    if (key !== labels[count] && !labels.includes(key)) return false;
    count += 1;
  }
  return count === labels.length;
}

function isLabels(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((label) => typeof label === 'string') &&
    new Set(value).size === value.length
  );
}

function build(
  labels: readonly string[],
  length: number,
  plan: FastPlan,
  cellsOf: (at: number) => (row: number) => unknown,
): Frame | null {
  const columns: Column[] = [];
  for (const [at, label] of labels.entries()) {
    const type = plan.get(label);
    if (type === undefined) return null;
    const data = fillColumn(type, length, cellsOf(at));
    if (data === null) return null;
    columns.push({ label, data });
  }
  return columns.length === 0 ? null : frame(columns, length);
}
