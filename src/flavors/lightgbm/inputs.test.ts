import { describe, expect, it } from 'vitest';
import { type ColumnLabel, type Frame, frame } from '../../data/frame.ts';
import { ndArray } from '../../data/nd-array.ts';
import type { Vector } from '../../data/vector.ts';
import { toFeatureMatrix } from './feature-matrix.ts';
import { rowFiller } from './fill-rows.ts';
import type { LightgbmModel } from './lightgbm-model.ts';

const float = (...values: number[]): Vector => ({
  dtype: 'float64',
  values: Float64Array.from(values),
});
const table = (...columns: (readonly [ColumnLabel, Vector])[]): Frame =>
  frame(columns.map(([label, data]) => ({ label, data })));

const model: LightgbmModel = {
  featureCount: 2,
  outputCount: 1,
  featureNames: ['a', 'b'],
  objective: null,
  averageOutput: false,
  trees: [],
  linearLeaves: new Map(),
  pandasCategorical: [],
};

function rowsOf(input: Parameters<typeof toFeatureMatrix>[1]): number[] {
  const matrix = toFeatureMatrix(model, input);
  const rows = new Float64Array(matrix.rowCount * 2);
  rowFiller(matrix)(rows, 0, matrix.rowCount);
  return Array.from(rows);
}

describe('toFeatureMatrix', () => {
  const big = 2n ** 53n + 1n;

  it('takes columns by position, whatever they are called', () => {
    expect(rowsOf(table(['b', float(1, 2)], ['b', float(3, 4)]))).toEqual([1, 3, 2, 4]);
  });

  it('rounds integers of a table to float64 and those of an array to float32', () => {
    const integers = BigInt64Array.of(big, 16_777_217n);
    const values: Vector = { dtype: 'int64', values: integers };
    expect(rowsOf(table(['a', values], ['b', values]))).toEqual([
      2 ** 53,
      2 ** 53,
      16_777_217,
      16_777_217,
    ]);
    expect(rowsOf(ndArray(values, [1, 2]))).toEqual([2 ** 53, 16_777_216]);
  });

  it('takes text and None of arrays, and lists of rows', () => {
    const objects: Vector = { dtype: 'object', values: [null, ' 2_0.5 ', true, 'inf'] };
    expect(rowsOf(ndArray(objects, [2, 2]))).toEqual([NaN, 20.5, 1, Infinity]);
    expect(rowsOf([[1n, 0.1] as const])).toEqual([1, 0.1]);
    expect(rowsOf([[1n, '0.1'] as const])).toEqual([1, Math.fround(0.1)]);
  });

  it.each([
    ['a table without rows', table(['a', float()], ['b', float()])],
    ['a table of another width', table(['a', float(1)])],
    ['text in a table', table(['a', float(1)], ['b', { dtype: 'str', values: ['1'] }])],
    ['objects in a table', table(['a', float(1)], ['b', { dtype: 'object', values: [1] }])],
    [
      'dates',
      table(['a', float(1)], ['b', { dtype: 'datetime64[ns]', values: BigInt64Array.of(1n) }]),
    ],
    ['an array of one dimension', ndArray(float(1, 2))],
    ['an array of another width', ndArray(float(1, 2, 3), [1, 3])],
    ['text that is no number', ndArray({ dtype: 'object', values: ['x', 1] }, [1, 2])],
    ['a dict', new Map()],
    ['rows of different lengths', [[1n, 2n], [1n]] as const],
    ['a number', 1.5],
  ])('refuses %s', (_, input) => {
    expect(() => rowsOf(input)).toThrow(expect.objectContaining({ code: 'PREDICT_FAILED' }));
  });

  it('refuses tables where the model has categorical columns, but not arrays', () => {
    const trained = { ...model, pandasCategorical: [['x', 'y']] };
    const input = table(['a', float(1)], ['b', float(2)]);
    expect(() => toFeatureMatrix(trained, input)).toThrow('categorical');
    expect(toFeatureMatrix(trained, ndArray(float(1, 2), [1, 2])).rowCount).toBe(1);
  });
});
