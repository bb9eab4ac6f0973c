/** One recorded CatBoost model (tools/reference/record-catboost.py) and the comparison of our answers with its. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { frame } from '../../src/data/frame.ts';
import { isNdArray, ndArray } from '../../src/data/nd-array.ts';
import { type PyValue, isPyDict } from '../../src/data/py-value.ts';
import { vectorValues } from '../../src/data/vector-values.ts';
import type { Vector } from '../../src/data/vector.ts';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { catboostReader } from '../../src/flavors/catboost/index.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { bareSavedModel } from './bare-saved-model.ts';

/** A Python type and `str` of a value. */
type TypedText = readonly [type: string, text: string];

interface RecordedColumn {
  readonly name: string | number;
  readonly dtype: 'float64' | 'int64' | 'bool' | 'str' | 'object';
  /** Base64 of floats; elements; or, of objects, type and text of each. */
  readonly values: string | readonly (string | number | null)[] | readonly TypedText[];
}

interface RecordedAnswer {
  readonly error?: boolean;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly values?: string | readonly string[];
}

interface RecordedCall {
  readonly rows?: number;
  readonly columns?: readonly RecordedColumn[];
  readonly shape?: readonly number[];
  readonly array?: string;
  /** What the model's class answers. */
  readonly answer: RecordedAnswer;
  /** What CatBoost's base class answers: raw values. */
  readonly raw: RecordedAnswer;
}

interface Recording {
  readonly class: string;
  readonly format: string;
  readonly file: string;
  readonly calls: readonly RecordedCall[];
}

/** Replays a recording; each difference in words, none when every call agrees to the last bit. */
export async function replayCatboost(file: string): Promise<readonly string[]> {
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const differences: string[] = [];
  for (const [modelClass, key] of [
    [recording.class, 'answer'],
    ['CatBoost', 'raw'],
  ] as const) {
    const scorer = await openBytes(
      Buffer.from(recording.file, 'base64'),
      modelClass,
      recording.format,
    );
    for (const [i, call] of recording.calls.entries()) {
      const difference = await compareAnswer(scorer, call, call[key]);
      if (difference !== null) differences.push(`call ${i} as ${modelClass}: ${difference}`);
    }
    await scorer.close();
  }
  return differences;
}

/** Opens the bytes of a model file as the model of a class. */
export async function openBytes(
  bytes: Uint8Array,
  modelClass: string,
  format: string,
): Promise<Scorer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-catboost-'));
  try {
    writeFileSync(path.join(folder, 'model.cb'), bytes);
    return await catboostReader.open(savedModel(folder, modelClass, format), {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A model folder with a catboost flavor and nothing else. */
export function savedModel(directory: string, modelClass: string, format: string): SavedModel {
  const flavor = { data: 'model.cb', model_type: modelClass, save_format: format };
  return bareSavedModel(directory, 'catboost', flavor);
}

async function compareAnswer(
  scorer: Scorer,
  call: RecordedCall,
  expected: RecordedAnswer,
): Promise<string | null> {
  try {
    const value = await scorer.predict(inputOf(call), null, new AbortController().signal);
    if (expected.error === true) return 'answered, but CatBoost refuses';
    return compareValues(value, expected);
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return expected.error === true ? null : `refused: ${error.message}`;
  }
}

function inputOf({ columns = [], rows, array, shape }: RecordedCall): PyValue {
  if (array !== undefined) return ndArray({ dtype: 'float64', values: floatsOf(array) }, shape);
  return frame(
    columns.map((column) => ({ label: column.name, data: vectorOf(column) })),
    rows,
  );
}

function vectorOf({ dtype, values }: RecordedColumn): Vector {
  if (typeof values === 'string') return { dtype: 'float64', values: floatsOf(values) };
  if (dtype === 'object') return { dtype, values: (values as readonly TypedText[]).map(objectOf) };
  if (dtype === 'bool') return { dtype, values: Uint8Array.from(values, Number) };
  if (dtype === 'int64') {
    return { dtype, values: BigInt64Array.from(values as readonly string[], BigInt) };
  }
  return { dtype: 'str', values: values as readonly (string | null)[] };
}

function objectOf([type, text]: TypedText): PyValue {
  if (type === 'NoneType') return null;
  if (type === 'bool') return text === 'True';
  if (type === 'int') return BigInt(text);
  if (type === 'str') return text;
  return Number(text.replace('inf', 'Infinity'));
}

function floatsOf(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function compareValues(actual: PyValue, expected: RecordedAnswer): string | null {
  const shape = isNdArray(actual) ? actual.shape : [];
  if (String(shape) !== String(expected.shape)) {
    return `shape ${String(shape)} instead of ${String(expected.shape)}`;
  }
  if (isPyDict(actual)) return 'a dict';
  const values = isNdArray(actual) ? vectorValues(actual.data) : [actual];
  if (isNdArray(actual) && actual.data.dtype !== expected.dtype) {
    return `${actual.data.dtype} instead of ${String(expected.dtype)}`;
  }
  const wanted = expected.values ?? [];
  if (typeof wanted === 'string')
    return compareFloats(values as readonly number[], floatsOf(wanted));
  const words = values.map((value) => wordOf(value));
  const row = words.findIndex((word, i) => word !== wanted[i]);
  return row === -1 ? null : `element ${row}: ${words[row]} instead of ${wanted[row]}`;
}

function wordOf(value: PyValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return `${value as string | bigint}`;
}

function compareFloats(actual: readonly number[], expected: Float64Array): string | null {
  const different = actual.flatMap((value, i) => (Object.is(value, expected[i]) ? [] : [i]));
  const [first] = different;
  if (first === undefined) return null;
  return `${different.length} of ${actual.length} differ, first ${first}: ${actual[first]} instead of ${expected[first]}`;
}
