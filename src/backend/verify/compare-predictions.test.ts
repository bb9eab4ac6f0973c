import { describe, expect, it } from 'vitest';
import { frame } from '../../data/frame.ts';
import { ndArray } from '../../data/nd-array.ts';
import { comparePredictions } from './compare-predictions.ts';

const floats = (...values: number[]) =>
  ndArray({ dtype: 'float64', values: Float64Array.from(values) });

describe('comparePredictions', () => {
  it('measures floats, and names the first row beyond the tolerance', () => {
    const found = comparePredictions(floats(1, 2 + 2 ** -51, 3.3), floats(1, 2, 3), 1e-9);
    expect(found).toMatchObject({
      values: 3,
      first: { row: 2, path: '[2]', native: 3.3, reference: 3 },
    });
    expect(comparePredictions(floats(2 + 2 ** -51), floats(2), 1e-9)).toMatchObject({
      ulps: 1,
      first: null,
    });
  });

  it('compares tables and arrays with the JSON that stands for them', () => {
    const table = frame([
      { label: 'p', data: { dtype: 'object', values: [new Map([['3', 0.5]])] } },
    ]);
    const records = (value: number) => [new Map([['p', new Map([['3', value]])]])];
    expect(comparePredictions(table, records(0.5), 0)).toMatchObject({ first: null, values: 1 });
    expect(comparePredictions(table, records(0.6), 0).first?.path).toBe('[0].p.3');
    expect(comparePredictions(floats(1, Number.NaN), [1, Number.NaN], 0).first).toBeNull();
  });

  it('tells -0 from 0, and an int from a float, where no difference is allowed', () => {
    expect(comparePredictions(floats(-0), floats(0), 0).first).not.toBeNull();
    expect(comparePredictions([1n], [1], 0)).toMatchObject({ ulps: Infinity });
  });

  it('compares dtypes, shapes, columns, keys and texts', () => {
    const single = ndArray({ dtype: 'float32', values: Float32Array.of(1) });
    expect(comparePredictions(single, floats(1), 1).first?.path).toBe(' (dtype)');
    expect(comparePredictions(floats(1, 2), floats(1), 1).first?.path).toBe(' (shape)');
    const table = (label: string, text: string) =>
      frame([{ label, data: { dtype: 'str', values: ['a', text] } }]);
    expect(comparePredictions(table('x', 'b'), table('x', 'b'), 0)).toMatchObject({
      first: null,
      values: 2,
    });
    expect(comparePredictions(table('x', 'b'), table('y', 'b'), 0).first?.path).toBe(' (columns)');
    expect(comparePredictions(table('x', 'b'), table('x', 'c'), 0).first).toMatchObject({ row: 1 });
    const dict = (key: string) => new Map([[key, [1n]]]);
    expect(comparePredictions(dict('p'), dict('q'), 0).first?.path).toBe(' (keys)');
  });
});
