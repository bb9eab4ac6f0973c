import { describe, expect, it } from 'vitest';
import { type ColumnLabel, type Frame, frame } from '../../data/frame.ts';
import { ndArray } from '../../data/nd-array.ts';
import type { Vector } from '../../data/vector.ts';
import type { BoosterModel } from './booster-model.ts';
import { checkInplaceFeatures, checkMatrixFeatures } from './check-features.ts';
import { asColumn, toFeatureMatrix } from './feature-matrix.ts';
import { rowFiller } from './fill-rows.ts';
import { findObjective } from './objectives.ts';

const check = { validate: true };
const float = (...values: number[]): Vector => ({
  dtype: 'float64',
  values: Float64Array.from(values),
});
const table = (...columns: (readonly [ColumnLabel, Vector])[]): Frame =>
  frame(columns.map(([label, data]) => ({ label, data })));
const refused = expect.objectContaining({ code: 'PREDICT_FAILED' });

function model(names: readonly string[] | null): BoosterModel {
  return {
    featureCount: 2,
    outputCount: 1,
    classCount: 0,
    objective: findObjective('reg:squarederror') as BoosterModel['objective'],
    booster: { kind: 'gblinear', weights: new Float32Array(3), rounds: 1 },
    baseMargin: Float32Array.of(0.5),
    featureNames: names,
    featureTypes: null,
    bestIteration: null,
    estimatorType: null,
  };
}

describe('toFeatureMatrix and rowFiller', () => {
  it('converts every number type in one rounding', () => {
    const big = 2n ** 63n - 2n ** 38n - 1n;
    const matrix = toFeatureMatrix(
      table(
        ['a', { dtype: 'bool', values: Uint8Array.of(1, 0) }],
        ['b', { dtype: 'int64', values: BigInt64Array.of(big, 2n) }],
        ['c', float(0.1, 1e300)],
      ),
    );
    const rows = new Float32Array(8);
    rowFiller(matrix, 4, false)(rows, 0, 2);
    expect(Array.from(rows)).toEqual([
      1,
      2 ** 63 - 2 ** 39,
      Math.fround(0.1),
      NaN,
      0,
      2,
      Infinity,
      NaN,
    ]);
    expect(() => rowFiller(matrix, 4, true)(rows, 0, 2)).toThrow('Row 1, column "c"');
  });

  it('takes an empty list for a column without rows, in place', () => {
    expect(toFeatureMatrix(asColumn([]))).toMatchObject({ rowCount: 0, columns: [{}] });
    expect(() => toFeatureMatrix([])).toThrow(refused);
    expect(() => toFeatureMatrix(asColumn([1.5]))).toThrow(refused);
  });

  it('takes objects of arrays and not of frames', () => {
    const objects: Vector = { dtype: 'object', values: [1n, ' 2.5', null, true] };
    const rows = new Float32Array(4);
    rowFiller(toFeatureMatrix(ndArray(objects, [2, 2])), 2, true)(rows, 0, 2);
    expect(Array.from(rows)).toEqual([1, 2.5, NaN, 1]);
    expect(() => toFeatureMatrix(table(['a', objects]))).toThrow(refused);
    expect(() => toFeatureMatrix(ndArray({ dtype: 'object', values: ['x'] }, [1, 1]))).toThrow(
      refused,
    );
  });

  it.each([
    ['one dimension', ndArray(float(1, 2))],
    ['a dict', new Map()],
    ['a string column', table(['a', { dtype: 'str', values: ['1'] }])],
    ['dates', table(['a', { dtype: 'datetime64[ns]', values: BigInt64Array.of(1n) }])],
    ['equal labels', table(['a', float(1)], ['a', float(2)])],
  ])('refuses %s', (_, input) => {
    expect(() => toFeatureMatrix(input)).toThrow(refused);
  });

  it('takes an array of one dimension for a column, where the estimators do', () => {
    const list = ndArray(float(1, 2, 3));
    expect(toFeatureMatrix(asColumn(list))).toMatchObject({
      rowCount: 3,
      columns: [{ stride: 1 }],
    });
  });

  it('has no rows without columns, as pandas frames in XGBoost', () => {
    expect(toFeatureMatrix(frame([], 3)).rowCount).toBe(0);
  });
});

describe('checkMatrixFeatures', () => {
  const named = toFeatureMatrix(table(['a', float(1)], ['b', float(2)]));
  const shuffled = toFeatureMatrix(table(['b', float(1)], ['a', float(2)]));
  const array = toFeatureMatrix(ndArray(float(1, 2), [1, 2]));
  const narrow = toFeatureMatrix(ndArray(float(1), [1, 1]));
  const wide = toFeatureMatrix(ndArray(float(1, 2, 3), [1, 3]));

  it('compares names in order, and wants them where the model has them', () => {
    const model2 = model(['a', 'b']);
    expect(() => checkMatrixFeatures(model2, named, check)).not.toThrow();
    for (const input of [shuffled, array])
      expect(() => checkMatrixFeatures(model2, input, check)).toThrow(refused);
  });

  it('accepts fewer columns without names, never more', () => {
    expect(() => checkMatrixFeatures(model(null), narrow, check)).not.toThrow();
    expect(() => checkMatrixFeatures(model(null), wide, check)).toThrow('has 3 columns');
  });

  it('refuses characters that XGBoost refuses', () => {
    const odd = toFeatureMatrix(table(['a[0]', float(1)], ['b', float(1)]));
    expect(() => checkMatrixFeatures(model(null), odd, check)).toThrow(refused);
    expect(() => checkInplaceFeatures(model(null), odd, check)).not.toThrow();
  });

  it('in place refuses tables for a model that keeps the categories of one', () => {
    const roundStarts = Int32Array.of(0);
    const booster = { kind: 'gbtree', trees: [], roundStarts, frameCategories: [1] } as const;
    const categorical = { ...model(null), booster };
    expect(() => checkInplaceFeatures(categorical, named, check)).toThrow('categorical');
    expect(() => checkInplaceFeatures(categorical, array, check)).not.toThrow();
    expect(() => checkMatrixFeatures(categorical, named, check)).not.toThrow();
  });

  it('in place wants names of frames only, and the exact width', () => {
    const model2 = model(['a', 'b']);
    expect(() => checkInplaceFeatures(model2, array, check)).not.toThrow();
    expect(() => checkInplaceFeatures(model2, shuffled, check)).toThrow('another order');
    expect(() => checkInplaceFeatures(model2, shuffled, { validate: false })).not.toThrow();
    for (const input of [narrow, wide])
      expect(() => checkInplaceFeatures(model2, input, check)).toThrow(refused);
  });
});
