/** One random model (tools/reference/random-models.py) and the comparison of our answers with MLflow's. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  comparePredictions,
  type Difference,
} from '../../src/backend/verify/compare-predictions.ts';
import type { Scorer } from '../../src/contract/scorer.ts';
import { type Frame, frame, isFrame } from '../../src/data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../../src/data/nd-array.ts';
import { isPyDict, isPyList, type PyValue } from '../../src/data/py-value.ts';
import type { Vector } from '../../src/data/vector.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { readerOf } from '../../src/runtimes/native.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import { type RecordedValue, readRecorded } from './recorded-values.ts';

interface RecordedCall {
  readonly input: RecordedValue;
  readonly answer?: RecordedValue;
  readonly error?: string;
}

interface Recording {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly calls: readonly RecordedCall[];
}

/** What became of the calls of one model. */
export interface Replay {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Why the model needs Python; null where it was scored natively. */
  readonly needsPython: string | null;
  /** Calls with the same answer to the last bit, with one within the stated tolerance, and refused by both. */
  readonly equal: number;
  readonly within: number;
  readonly refused: number;
  readonly differences: readonly string[];
}

/** Scores the recorded inputs of `folder/<name>` natively. */
export async function replayRandomModel(folder: string, name: string): Promise<Replay> {
  const text = readFileSync(path.join(folder, `${name}.json`), 'utf8');
  const { settings, calls } = JSON.parse(text) as Recording;
  const counts = { equal: 0, within: 0, refused: 0 };
  const model = await readSavedModel(path.join(folder, name));
  const reader = readerOf(model);
  if (reader === undefined) throw new Error(`no reader for ${name}`);
  const assessment = await reader.assess(model);
  if (!assessment.canScore) {
    return { settings, needsPython: assessment.reason, ...counts, differences: [] };
  }
  const differences: string[] = [];
  const scorer = await reader.open(model, { threads: 1 });
  try {
    for (const [number, call] of calls.entries()) {
      const outcome = await replayCall({ scorer, model }, call, assessment.tolerance ?? 0);
      if (typeof outcome === 'object') differences.push(`call ${number}: ${outcome.difference}`);
      else counts[outcome] += 1;
    }
  } finally {
    await scorer.close();
  }
  return { settings, needsPython: null, ...counts, differences };
}

interface Opened {
  readonly scorer: Scorer;
  readonly model: SavedModel;
}

type Outcome = 'equal' | 'within' | 'refused' | { readonly difference: string };

async function replayCall(opened: Opened, call: RecordedCall, tolerance: number): Promise<Outcome> {
  const input = readRecorded(call.input);
  const answer = await ask(opened, input);
  if (call.answer === undefined) {
    if (isRefusal(answer)) return 'refused';
    return { difference: `answered, but MLflow refuses: ${call.error}; input ${show(input)}` };
  }
  if (isRefusal(answer)) {
    return { difference: `refused: ${answer.refusal}; input ${show(input)}` };
  }
  const expected = readRecorded(call.answer);
  const found = comparePredictions(answer, expected, tolerance);
  if (found.first !== null) return { difference: describe(found, input) };
  const many = await compareMany(opened, input, expected, tolerance);
  if (many !== null) return { difference: `repeated rows: ${describe(many, input)}` };
  return found.relative === 0 && found.ulps === 0 ? 'equal' : 'within';
}

interface Refusal {
  readonly refusal: string;
}

function isRefusal(answer: PyValue | Refusal): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer;
}

async function ask({ scorer, model }: Opened, input: PyValue): Promise<PyValue | Refusal> {
  try {
    const options = { compat: 'mlflow', lenientTypes: false } as const;
    const enforced = enforceInput(input, model.signature, options);
    return await scorer.predict(enforced, null, new AbortController().signal);
  } catch (error) {
    if (isSlipwayError(error)) return { refusal: `${error.code} ${error.message.slice(0, 300)}` };
    throw error;
  }
}

function describe({ first, ulps, relative }: Difference, input: PyValue): string {
  const { path: place, row, native, reference } = first ?? { path: '' };
  const shown = row === null || row === undefined ? show(input) : show(rowOf(input, row));
  return `at ${place} ${String(native)} instead of ${String(reference)} (${ulps} ulp, ${relative}); input ${shown}`;
}

/** Rows of big batches take other ways through the kernels than a few rows do. */
const manyRows = 1500;

async function compareMany(
  opened: Opened,
  input: PyValue,
  expected: PyValue,
  tolerance: number,
): Promise<Difference | null> {
  const rows = rowCountOf(input);
  if (rows < 20 || rowCountOf(expected) !== rows) return null;
  const times = Math.ceil(manyRows / rows);
  const answer = await ask(opened, repeat(input, times));
  if (isRefusal(answer)) {
    throw new Error(`refused many rows: ${answer.refusal}`);
  }
  const found = comparePredictions(answer, repeat(expected, times), tolerance);
  return found.first === null ? null : found;
}

function rowCountOf(value: PyValue): number {
  if (isFrame(value)) return value.rowCount;
  return isNdArray(value) && value.shape.length > 0 ? (value.shape[0] as number) : 0;
}

function repeat(value: PyValue, times: number): PyValue {
  if (isFrame(value)) {
    const columns = value.columns.map(({ label, data }) => ({ label, data: tile(data, times) }));
    return frame(columns, value.rowCount * times);
  }
  const { data, shape } = value as NdArray;
  return ndArray(tile(data, times), [(shape[0] as number) * times, ...shape.slice(1)]);
}

function tile(vector: Vector, times: number): Vector {
  const { values } = vector;
  const repeated = Array.from({ length: times }, () => [...(values as Iterable<unknown>)]).flat();
  if (Array.isArray(values)) return { ...vector, values: repeated } as Vector;
  const Typed = values.constructor as new (from: readonly unknown[]) => unknown;
  return { ...vector, values: new Typed(repeated) } as Vector;
}

function rowOf(value: PyValue, row: number): PyValue {
  if (isFrame(value)) {
    return new Map(
      value.columns.map(({ label, data }): [string, PyValue] => [
        `${String(label)}: ${data.dtype}`,
        data.values[row % value.rowCount] as PyValue,
      ]),
    );
  }
  if (!isNdArray(value) || value.shape.length !== 2) return value;
  const [rows = 1, width = 0] = value.shape;
  const start = (row % rows) * width;
  return Array.from(value.data.values.slice(start, start + width) as Iterable<PyValue>);
}

function show(value: PyValue): string {
  if (isFrame(value)) return `frame ${value.rowCount} × ${describeColumns(value)}`;
  if (isNdArray(value)) return `${value.data.dtype} array [${value.shape.join(', ')}]`;
  if (isPyDict(value)) {
    return `{${Array.from(value, ([key, of]) => `${key}: ${show(of)}`).join(', ')}}`;
  }
  if (isPyList(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'bigint' || typeof value === 'number'
    ? String(value)
    : JSON.stringify(value);
}

function describeColumns({ columns }: Frame): string {
  return JSON.stringify(columns.map(({ label, data }) => `${String(label)}: ${data.dtype}`));
}
