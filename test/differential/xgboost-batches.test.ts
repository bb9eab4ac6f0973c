/** Replays the recorded batches of XGBoost models: MLflow's answers, bit for bit. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Frame, frame } from '../../src/data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../../src/data/nd-array.ts';
import { xgboostReader } from '../../src/flavors/xgboost/index.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import { type NpyArray, readNpy } from './read-npy.ts';

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpus');
const batches = path.join(corpus, 'batch');
const names = existsSync(batches)
  ? readdirSync(batches).filter((name) => name.startsWith('xgb_'))
  : [];

describe.skipIf(names.length === 0)('recorded batches of XGBoost models', () => {
  it.each(names)('%s', async (name) => {
    const model = await readSavedModel(path.join(corpus, 'models', name));
    const scorer = await xgboostReader.open(model, { threads: 0 });
    const input = readNpy(path.join(batches, name, 'input.npy'));
    const request: unknown = JSON.parse(
      readFileSync(path.join(batches, name, 'request.json'), 'utf8').replaceAll(
        /-?Infinity|NaN/g,
        'null',
      ),
    );
    const answer = await scorer.predict(
      toInput(input, columnsOf(request)),
      null,
      new AbortController().signal,
    );
    const [file] = readdirSync(path.join(batches, name)).filter((f) => /^output.*\.npy$/.test(f));
    const expected = readNpy(path.join(batches, name, file as string));
    await scorer.close();
    if (!isNdArray(answer)) throw new Error('the answer is no array');
    expect(answer.shape).toEqual(expected.shape);
    expect(countDifferences(Array.from(answer.data.values, Number), expected.values)).toBe(0);
  });
});

function columnsOf(request: unknown): readonly string[] | undefined {
  const split = (request as { dataframe_split?: { columns?: string[] } }).dataframe_split;
  return split?.columns;
}

function toInput(input: NpyArray, labels: readonly string[] | undefined): Frame | NdArray {
  const [rows = 0, width = 0] = input.shape;
  const values = Float64Array.from(input.values);
  if (labels === undefined) return ndArray({ dtype: 'float64', values }, input.shape);
  return frame(
    labels.map((label, column) => ({
      label,
      data: {
        dtype: 'float64',
        values: Float64Array.from(
          { length: rows },
          (_, row) => values[row * width + column] as number,
        ),
      },
    })),
  );
}

function countDifferences(actual: readonly number[], expected: NpyArray['values']): number {
  if (actual.length !== expected.length) return Math.max(actual.length, expected.length);
  return actual.filter((value, i) => !Object.is(value, Number(expected[i]))).length;
}
