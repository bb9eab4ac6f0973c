import { describe, expect, it } from 'vitest';
import type { PyValue } from '../../data/py-value.ts';
import type { ParamSpec } from '../../model/signature.ts';
import { boosterOptions, estimatorOptions, paramForPython } from './call-options.ts';

const params = (values: Record<string, PyValue>): Map<string, PyValue> =>
  new Map(Object.entries(values));

describe('boosterOptions', () => {
  it('uses the params that Booster.predict knows', () => {
    expect(
      boosterOptions(params({ pred_leaf: true, iteration_range: [1n, 3n], other: 1n })),
    ).toMatchObject({
      output: 'leaf',
      rounds: [1, 3],
    });
    expect(boosterOptions(params({ output_margin: 1n, strict_shape: true }))).toMatchObject({
      output: 'margin',
      strictShape: true,
    });
    expect(boosterOptions(null)).toMatchObject({ output: 'value', rounds: [0, 0] });
  });

  it.each([
    { data: 1n },
    { validate_features: true },
    { output_margin: true, pred_leaf: true },
    { strict_shape: 1n },
    { training: null },
    { iteration_range: null },
    { iteration_range: [1n] },
    { iteration_range: ['x', 'y'] },
  ])('refuses %o', (values) => {
    expect(() => boosterOptions(params(values))).toThrow(
      expect.objectContaining({ code: 'PREDICT_FAILED' }),
    );
  });

  it('leaves contributions to Python', () => {
    for (const name of ['pred_contribs', 'pred_interactions']) {
      expect(() => boosterOptions(params({ [name]: true }))).toThrow(
        expect.objectContaining({ code: 'MODEL_NOT_NATIVE' }),
      );
    }
  });
});

describe('estimatorOptions', () => {
  it('ends at the best iteration unless a range with an end is given', () => {
    expect(estimatorOptions(null, 4).rounds).toEqual([0, 5]);
    expect(estimatorOptions(params({ iteration_range: [2n, 0n] }), 4).rounds).toEqual([0, 5]);
    expect(estimatorOptions(params({ iteration_range: [2n, 3.7] }), 4).rounds).toEqual([2, 3]);
    expect(estimatorOptions(null, null).rounds).toEqual([0, 0]);
  });

  it('ignores what its predict does not know', () => {
    expect(estimatorOptions(params({ pred_leaf: true, strict_shape: 1n }), null)).toMatchObject({
      output: 'value',
    });
  });
});

describe('paramForPython', () => {
  const declared = (name: string): readonly ParamSpec[] => [
    { name: 'other', type: { kind: 'scalar', type: 'long' }, default: 1n, shape: null },
    { name, type: { kind: 'scalar', type: 'boolean' }, default: false, shape: null },
  ];

  it.each([
    ['booster', 'pred_contribs', 'pred_contribs'],
    ['booster', 'pred_interactions', 'pred_interactions'],
    ['booster', 'base_margin', undefined],
    ['classifier', 'pred_contribs', undefined],
    ['ranker', 'base_margin', 'base_margin'],
    ['booster', 'output_margin', undefined],
  ] as const)('of a %s that declares %s is %s', (modelClass, name, expected) => {
    expect(paramForPython(modelClass, declared(name))).toBe(expected);
  });

  it('is none without a signature', () => {
    expect(paramForPython('booster', null)).toBeUndefined();
  });
});
