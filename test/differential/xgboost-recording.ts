/** One recorded XGBoost model (tools/reference/record-xgboost.py) and the comparison of our answers with its. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isNdArray, type NdArray, ndArray } from '../../src/data/nd-array.ts';
import type { PyValue } from '../../src/data/py-value.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { xgboostReader } from '../../src/flavors/xgboost/index.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { bareSavedModel } from './bare-saved-model.ts';

interface RecordedCall {
  readonly params: Readonly<Record<string, unknown>>;
  readonly error?: boolean;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly values?: string;
}

interface Recording {
  readonly class: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly input: string;
  readonly calls: readonly RecordedCall[];
}

/** Replays a recording; each difference in words, none when every call agrees to the last bit. */
export async function replayXgboost(file: string): Promise<readonly string[]> {
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-xgboost-'));
  try {
    writeFileSync(path.join(folder, 'model.any'), Buffer.from(recording.file, 'base64'));
    const scorer = await xgboostReader.open(savedModel(folder, recording.class), { threads: 0 });
    const input = ndArray(
      { dtype: 'float64', values: new Float64Array(bytesOf(recording.input)) },
      recording.shape,
    );
    const differences: string[] = [];
    for (const call of recording.calls) {
      const answer = scorer.predict(input, toParams(call.params), new AbortController().signal);
      const difference = await compareAnswer(answer, call);
      if (difference !== null) differences.push(`${JSON.stringify(call.params)}: ${difference}`);
    }
    await scorer.close();
    return differences;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A model folder with an xgboost flavor and nothing else. */
export function savedModel(directory: string, modelClass: string): SavedModel {
  const flavor = {
    data: 'model.any',
    model_class:
      modelClass === 'Booster' ? 'xgboost.core.Booster' : `xgboost.sklearn.${modelClass}`,
  };
  return bareSavedModel(directory, 'xgboost', flavor);
}

async function compareAnswer(answer: Promise<PyValue>, call: RecordedCall): Promise<string | null> {
  try {
    const value = await answer;
    if (call.error === true) return 'answered, but XGBoost refuses';
    return isNdArray(value) ? compareArrays(value, call) : 'no array';
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return call.error === true ? null : `refused: ${error.message}`;
  }
}

function compareArrays(actual: NdArray, call: RecordedCall): string | null {
  if (actual.data.dtype !== call.dtype)
    return `${actual.data.dtype} instead of ${String(call.dtype)}`;
  if (String(actual.shape) !== String(call.shape))
    return `shape ${String(actual.shape)} instead of ${String(call.shape)}`;
  if (!ArrayBuffer.isView(actual.data.values)) return 'no typed array';
  const { buffer, byteOffset, byteLength } = actual.data.values;
  const same = Buffer.from(buffer, byteOffset, byteLength).equals(
    Buffer.from(bytesOf(call.values ?? '')),
  );
  return same ? null : 'other bits';
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}

function toParams(params: Readonly<Record<string, unknown>>): ReadonlyMap<string, PyValue> {
  return new Map(Object.entries(params).map(([name, value]) => [name, toPyValue(value)]));
}

function toPyValue(value: unknown): PyValue {
  if (Array.isArray(value)) return value.map(toPyValue);
  return typeof value === 'number' ? BigInt(value) : (value as boolean);
}
