import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnsembleKernel } from './ensemble-kernel.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { Tree, TreeEnsemble } from './tree-ensemble.ts';
import { maxTreeDepth, validateEnsemble } from './validate-ensemble.ts';

/** Splits 0 and 2; leaves 1, 3 and 4. */
const tree: Tree = {
  leftChild: Int32Array.of(1, -1, 3, -1, -1),
  rightChild: Int32Array.of(2, -1, 4, -1, -1),
  feature: Int32Array.of(0, 0, 1, 0, 0),
  threshold: Float32Array.of(0.5, 0, 0.25, 0, 0),
  defaultLeft: new Uint8Array(5),
  leafValue: Float32Array.of(0, 1, 0, 2, 3),
  output: 0,
};

function ensembleOf(changes: Partial<Tree>, more: Partial<TreeEnsemble> = {}): TreeEnsemble {
  return {
    thresholdType: 'float32',
    comparison: '<',
    sumType: 'float32',
    featureCount: 2,
    outputCount: 1,
    baseScore: Float64Array.of(0),
    trees: [{ ...tree, ...changes }],
    ...more,
  };
}

const damaged: Readonly<Record<string, readonly [TreeEnsemble, string]>> = {
  'no nodes': [ensembleOf({ leftChild: new Int32Array(0) }), 'no nodes'],
  'a cycle': [ensembleOf({ leftChild: Int32Array.of(1, -1, 0, -1, -1) }), 'two parents'],
  'itself as child': [ensembleOf({ leftChild: Int32Array.of(0, -1, 3, -1, -1) }), 'two parents'],
  'a shared child': [ensembleOf({ leftChild: Int32Array.of(1, -1, 4, -1, -1) }), 'two parents'],
  'a child beyond the end': [ensembleOf({ leftChild: Int32Array.of(5, -1, 3, -1, -1) }), 'child 5'],
  'a negative child': [ensembleOf({ leftChild: Int32Array.of(-2, -1, 3, -1, -1) }), 'child -2'],
  'one child': [ensembleOf({ leftChild: Int32Array.of(-1, -1, 3, -1, -1) }), 'one child'],
  'a feature beyond the end': [ensembleOf({ feature: Int32Array.of(0, 0, 2, 0, 0) }), 'feature 2'],
  'a negative feature': [ensembleOf({ feature: Int32Array.of(-1, 0, 1, 0, 0) }), 'feature -1'],
  'an output beyond the end': [ensembleOf({ output: 1 }), 'output 1'],
  'short thresholds': [ensembleOf({ threshold: new Float32Array(4) }), 'threshold has 4'],
  'short leaves': [
    ensembleOf({ output: null }, { outputCount: 2, baseScore: new Float64Array(2) }),
    'leafValue has 5',
  ],
  'a NaN threshold under <=': [
    ensembleOf({ threshold: new Float32Array(5).fill(Number.NaN) }, { comparison: '<=' }),
    'not a number',
  ],
  'a huge category': [
    ensembleOf({ categories: new Map([[0, Uint32Array.of(2 ** 24)]]) }),
    'category',
  ],
  'wrong base scores': [ensembleOf({}, { baseScore: new Float64Array(2) }), '2 base scores'],
  'no outputs': [
    ensembleOf({}, { outputCount: 0, baseScore: new Float64Array(0) }),
    'outputs is 0',
  ],
  'mixed leaves': [ensembleOf({}, { trees: [tree, { ...tree, output: null }] }), 'vector leaves'],
  'too much depth': [ensembleOf(chainOf(maxTreeDepth + 1)), 'deeper'],
};

function chainOf(splits: number): Tree {
  const nodes = splits * 2 + 1;
  const at = Array.from({ length: nodes }, (_, node) => node);
  return {
    leftChild: Int32Array.from(at, (node) => (node % 2 === 0 && node + 2 < nodes ? node + 1 : -1)),
    rightChild: Int32Array.from(at, (node) => (node % 2 === 0 && node + 2 < nodes ? node + 2 : -1)),
    feature: new Int32Array(nodes),
    threshold: Float32Array.from(at),
    defaultLeft: new Uint8Array(nodes),
    leafValue: Float32Array.from(at),
    output: 0,
  };
}

describe('validateEnsemble', () => {
  it('accepts a sound tree, and junk that the root does not reach', () => {
    validateEnsemble(ensembleOf({}));
    const pruned = ensembleOf({
      leftChild: Int32Array.of(-1, -1, 99, -1, -1),
      rightChild: Int32Array.of(-1, -1, 2, -1, -1),
      feature: new Int32Array(5).fill(2 ** 31 - 1),
    });
    const kernel = createEnsembleKernel(pruned);
    kernel.rowBuffer(1);
    expect([...kernel.predict(1)]).toEqual([0]);
  });

  it('accepts the deepest tree there may be', () => {
    const kernel = createEnsembleKernel(ensembleOf(chainOf(maxTreeDepth)));
    kernel.rowBuffer(3).fill(5e7);
    expect([...kernel.predict(3)]).toEqual([maxTreeDepth * 2, maxTreeDepth * 2, maxTreeDepth * 2]);
  });

  it.each(Object.entries(damaged))('refuses %s', (_, [ensemble, reason]) => {
    expect(() => createEnsembleKernel(ensemble)).toThrow(reason);
    expect(() => createEnsembleKernel(ensemble)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILE_INVALID' }),
    );
  });

  it('refuses or scores whatever the arrays hold, without hanging', () => {
    const child = fc.integer({ min: -2, max: 9 });
    const nodes = fc.tuple(child, child, fc.integer({ min: -1, max: 3 }), fc.float(), fc.float());
    fc.assert(
      fc.property(fc.array(nodes, { maxLength: 8 }), (list) => {
        const changes = {
          leftChild: Int32Array.from(list, (node) => node[0]),
          rightChild: Int32Array.from(list, (node) => node[1]),
          feature: Int32Array.from(list, (node) => node[2]),
          threshold: Float32Array.from(list, (node) => node[3]),
          defaultLeft: new Uint8Array(list.length),
          leafValue: Float32Array.from(list, (node) => node[4]),
        };
        try {
          const kernel = createEnsembleKernel(ensembleOf(changes));
          kernel.rowBuffer(5);
          kernel.predict(5);
        } catch (error) {
          expect(isSlipwayError(error, 'MODEL_FILE_INVALID')).toBe(true);
        }
      }),
    );
  });
});
