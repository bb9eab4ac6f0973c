import { afterAll, describe, expect, it } from 'vitest';
import { scorePlainly } from '../../test/trees/plain-walker.ts';
import {
  drawEnsemble,
  drawRows,
  type EnsembleShape,
  SeededNumbers,
} from '../../test/trees/random-ensembles.ts';
import { createEnsembleKernel, type EnsembleKernel } from './ensemble-kernel.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

const kernels: EnsembleKernel[] = [];
afterAll(async () => {
  await Promise.all(kernels.map((kernel) => kernel.close()));
});

function openKernel(ensemble: TreeEnsemble, threads = 0): EnsembleKernel {
  const kernel = createEnsembleKernel(ensemble, { threads });
  kernels.push(kernel);
  return kernel;
}

function fillRows(kernel: EnsembleKernel, rows: readonly (readonly number[])[]): void {
  const buffer = kernel.rowBuffer(rows.length);
  for (const [row, values] of rows.entries()) buffer.set(values, row * kernel.featureCount);
}

/** Bits, so that 0 is not -0 and a last digit counts. */
function bitsOf(values: ArrayLike<number>): BigUint64Array {
  return new BigUint64Array(Float64Array.from(values).buffer);
}

const plain: EnsembleShape = {
  thresholdType: 'float32',
  comparison: '<',
  sumType: 'float32',
  vectorLeaves: false,
  categories: false,
  outputCount: 1,
  featureCount: 7,
  treeCount: 20,
  splitCount: 63,
  growth: 'bushy',
};

const shapes: Readonly<Record<string, EnsembleShape>> = {
  'XGBoost, one output': plain,
  'XGBoost, three outputs': { ...plain, outputCount: 3 },
  'XGBoost, vector leaves': { ...plain, outputCount: 3, vectorLeaves: true },
  'XGBoost, categories': { ...plain, categories: true },
  'XGBoost, dart': { ...plain, weighting: 'scaled', outputCount: 2 },
  'XGBoost, dart over inplace_predict': { ...plain, weighting: 'rebased', outputCount: 2 },
  LightGBM: { ...plain, thresholdType: 'float64', sumType: 'float64', comparison: '<=' },
  'LightGBM, missing rules and categories': {
    ...plain,
    thresholdType: 'float64',
    sumType: 'float64',
    comparison: '<=',
    categories: true,
    lightgbmRules: true,
    outputCount: 2,
  },
  'missing rules below thresholds': { ...plain, lightgbmRules: true },
  'categories only': { ...plain, categories: 'only', treeCount: 60 },
  'categories only, of trees with many leaves': {
    ...plain,
    categories: 'only',
    splitCount: 900,
    treeCount: 4,
    featureCount: 2,
  },
  'LightGBM, mean': {
    ...plain,
    thresholdType: 'float64',
    sumType: 'float64',
    combine: 'mean',
    outputCount: 2,
  },
  CatBoost: { ...plain, sumType: 'float64', comparison: '<=' },
  'vectors of float64, mean': {
    ...plain,
    thresholdType: 'float64',
    sumType: 'float64',
    vectorLeaves: true,
    outputCount: 4,
    combine: 'mean',
  },
  'float64 thresholds, float32 sums': { ...plain, thresholdType: 'float64' },
  'more leaves than a network takes': { ...plain, splitCount: 900, treeCount: 6 },
  chains: { ...plain, splitCount: 200, growth: 'chain' },
  'long chains': { ...plain, splitCount: 3000, growth: 'chain', treeCount: 3 },
  'more thresholds than a byte tells apart': { ...plain, featureCount: 1, treeCount: 90 },
  'stumps and single leaves': { ...plain, splitCount: 1, treeCount: 150 },
  'more trees than a chunk': { ...plain, splitCount: 6, treeCount: 150 },
};

describe.each(Object.entries(shapes))('%s', (name, shape) => {
  const seed = Array.from(name).reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7);
  const random = new SeededNumbers(seed);
  const ensembles = Array.from({ length: 3 }, () => drawEnsemble(random, shape));

  it.each([1, 2, 3, 4, 9, 63, 64, 65, 200])('scores %i rows', (rowCount) => {
    for (const ensemble of ensembles) {
      const kernel = openKernel(ensemble);
      for (const missing of [false, true]) {
        const rows = drawRows(random, ensemble, rowCount, missing);
        fillRows(kernel, rows);
        const expected = scorePlainly(ensemble, rows, 0, ensemble.trees.length);
        expect(bitsOf(kernel.predict(rowCount))).toEqual(bitsOf(expected.sums));
        expect([...kernel.predictLeaves(rowCount)]).toEqual(expected.leaves);
      }
    }
  });

  it('scores ranges of trees', () => {
    for (const ensemble of ensembles) {
      const kernel = openKernel(ensemble);
      const rows = drawRows(random, ensemble, 70, true);
      fillRows(kernel, rows);
      for (let round = 0; round < 6; round++) {
        const firstTree = random.below(ensemble.trees.length + 1);
        const endTree = firstTree + random.below(ensemble.trees.length - firstTree + 1);
        const expected = scorePlainly(ensemble, rows, firstTree, endTree);
        const range = { firstTree, endTree };
        expect(bitsOf(kernel.predict(70, range))).toEqual(bitsOf(expected.sums));
        expect(bitsOf(kernel.predict(1, range))).toEqual(
          bitsOf(expected.sums.slice(0, ensemble.outputCount)),
        );
        expect([...kernel.predictLeaves(70, range)]).toEqual(expected.leaves);
      }
    }
  });
});

/** Sums of each part, added up in order and rounded to the width of the sums. */
function addParts(ensemble: TreeEnsemble, rows: readonly number[][], starts: readonly number[]) {
  const bounds = [0, ...starts, ensemble.trees.length];
  const parts = starts.map((_, at) => bounds.slice(at + 1, at + 3) as [number, number]);
  const sums = [...scorePlainly(ensemble, rows, 0, bounds[1] as number).sums];
  const round = ensemble.sumType === 'float32' ? Math.fround : Number;
  for (const [first, end] of parts) {
    const part = scorePlainly(ensemble, rows, first, end).sums;
    for (const [at, value] of part.entries()) sums[at] = round((sums[at] as number) + value);
  }
  return sums;
}

it('adds up the sums of parts of the trees', () => {
  const random = new SeededNumbers(5);
  const wide = { thresholdType: 'float64', sumType: 'float64' } as const;
  const variants = [
    { outputCount: 3 },
    { outputCount: 3, vectorLeaves: true },
    { splitCount: 900 },
    wide,
  ];
  for (const variant of variants) {
    const ensemble = drawEnsemble(random, { ...plain, ...variant });
    const kernel = openKernel(ensemble);
    for (const partStarts of [[1], [7, 14], [19]]) {
      for (const rowCount of [1, 2, 65, 130]) {
        const rows = drawRows(random, ensemble, rowCount, true);
        fillRows(kernel, rows);
        const range = { firstTree: 0, endTree: ensemble.trees.length, partStarts };
        const expected = addParts(ensemble, rows, partStarts);
        expect(bitsOf(kernel.predict(rowCount, range))).toEqual(bitsOf(expected));
      }
    }
  }
});

it('scores single rows before and after the tables of blocks are made', async () => {
  const random = new SeededNumbers(11);
  for (const shape of [plain, { ...plain, splitCount: 900, treeCount: 4 }]) {
    const ensemble = drawEnsemble(random, shape);
    const kernel = openKernel(ensemble, 2);
    const rows = drawRows(random, ensemble, 9000, true);
    const expected = scorePlainly(ensemble, rows, 0, ensemble.trees.length);
    fillRows(kernel, rows.slice(0, 1));
    const before = bitsOf(kernel.predict(1));
    const parallel = await kernel.predictParallel(rows.length, (buffer, first, count) => {
      for (let row = 0; row < count; row++) {
        buffer.set(rows[first + row] as readonly number[], row * kernel.featureCount);
      }
    });
    expect(before).toEqual(bitsOf(expected.sums.slice(0, 1)));
    expect(bitsOf(parallel)).toEqual(bitsOf(expected.sums));
    fillRows(kernel, rows.slice(0, 1));
    expect(bitsOf(kernel.predict(1))).toEqual(before);
    fillRows(kernel, rows.slice(0, 5));
    expect(bitsOf(kernel.predict(5))).toEqual(bitsOf(expected.sums.slice(0, 5)));
  }
});
