/** The kernel against a plain reading of the same ensemble, and its hash against known values. */
import { describe, expect, it } from 'vitest';
import type { BinnedEnsemble } from './binned-ensemble.ts';
import { BinnedKernel } from './binned-kernel.ts';

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Numeric features of 1 to 600 borders, one category column, trees of every depth from 0 to 11. */
function randomEnsemble(random: () => number, outputCount: number): BinnedEnsemble {
  const features = [1, 7, 30, 90, 90, 600].map((length, i) => ({
    // Evenly spread, in clusters, or over many powers of ten.
    borders: Float32Array.from({ length }, () => {
      const value = random() * 4 - 2;
      if (i === 3) return Math.round(value) + random() * 1e-5;
      return i === 4 ? value * 10 ** Math.floor(random() * 60 - 30) : value;
    }).toSorted(),
    missing: i % 2 === 0 ? ('below' as const) : ('above' as const),
  }));
  const values = Int32Array.of(5, -3, 77);
  const conditionCount = features.reduce((sum, f) => sum + f.borders.length, values.length);
  const depths = [0, 1, 2, 3, 4, 5, 6, 7, 8, 6, 6, 6, 11, 8, 8, 8, 8];
  const starts = Int32Array.from([0, ...depths]);
  for (let i = 1; i < starts.length; i += 1) {
    starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  }
  const conditions = Int32Array.from({ length: starts.at(-1) as number }, () =>
    Math.floor(random() * conditionCount),
  );
  const leafCount = depths.reduce((sum, depth) => sum + 2 ** depth, 0);
  return {
    features,
    categories: [{ column: 0, values }],
    statistics: [],
    categoryColumnCount: 1,
    trees: { kind: 'symmetric', conditions, starts },
    leafValues: Float64Array.from({ length: leafCount * outputCount }, () => random() - 0.5),
    outputCount,
  };
}

/** Numeric features only and trees of at most eight levels, for which single rows have a way of their own. */
function numericEnsemble(random: () => number, featureCount: number): BinnedEnsemble {
  const features = Array.from({ length: featureCount }, (_, i) => ({
    borders: Float32Array.from({ length: 1 + ((i * 37) % 250) }, () => random() * 4 - 2).toSorted(),
    missing: i % 2 === 0 ? ('below' as const) : ('above' as const),
  }));
  const conditionCount = features.reduce((sum, f) => sum + f.borders.length, 0);
  const depths = Array.from({ length: 45 }, (_, tree) => (tree * 7) % 9);
  const starts = [0];
  for (const depth of depths) starts.push((starts.at(-1) as number) + depth);
  return {
    features,
    categories: [],
    statistics: [],
    categoryColumnCount: 0,
    trees: {
      kind: 'symmetric',
      conditions: Int32Array.from({ length: starts.at(-1) as number }, () =>
        Math.floor(random() * conditionCount),
      ),
      starts: Int32Array.from(starts),
    },
    leafValues: Float64Array.from(
      { length: depths.reduce((sum, depth) => sum + 2 ** depth, 0) },
      () => random() - 0.5,
    ),
    outputCount: 1,
  };
}

/** The float32 that many ulp from a value that is not 0. */
function besides(value: number, ulps: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + ulps;
  return new Float32Array(bits.buffer)[0] as number;
}

/** Every condition's truth for a row, then tree by tree. */
function plainSums(
  ensemble: BinnedEnsemble,
  floats: readonly number[],
  category: number,
): number[] {
  const { features, categories, trees, leafValues, outputCount } = ensemble;
  if (trees.kind !== 'symmetric') throw new Error('not symmetric');
  const truths = [
    ...features.flatMap(({ borders, missing }, i) => {
      const value = floats[i] as number;
      const substitute = missing === 'above' ? Infinity : -Infinity;
      const known = Number.isNaN(value) ? substitute : value;
      return Array.from(borders, (border) => known > border);
    }),
    ...categories.flatMap(({ values }) => Array.from(values, (value) => value === category)),
  ];
  const sums = Array.from({ length: outputCount }, () => 0);
  let first = 0;
  for (let tree = 0; tree + 1 < trees.starts.length; tree += 1) {
    const asked = trees.conditions.subarray(trees.starts[tree], trees.starts[tree + 1]);
    let leaf = 0;
    for (const [bit, condition] of asked.entries()) if (truths[condition]) leaf += 2 ** bit;
    for (const output of sums.keys()) {
      const value = leafValues[(first + leaf) * outputCount + output] as number;
      sums[output] = (sums[output] as number) + value;
    }
    first += 2 ** asked.length;
  }
  return sums;
}

describe('BinnedKernel', () => {
  it.each([1, 2, 3])('sums %i outputs as a plain reading does', (outputCount) => {
    const random = seededRandom(outputCount);
    const ensemble = randomEnsemble(random, outputCount);
    const kernel = new BinnedKernel(ensemble);
    for (const rowCount of [1, 2, 15, 16, 17, 63, 65, 128, 129, 300]) {
      const rows = Array.from({ length: rowCount }, () => ({
        floats: ensemble.features.map(({ borders }) => {
          const border = borders[Math.floor(random() * borders.length)] as number;
          const others = [
            border,
            besides(border, 1),
            besides(border, -1),
            random() * 4 - 2,
            NaN,
            Infinity,
            -Infinity,
          ];
          return Math.fround(others[Math.floor(random() * others.length)] as number);
        }),
        category: [5, -3, 77, 0, 1][Math.floor(random() * 5)] as number,
      }));
      const buffer = kernel.rowBuffer(rowCount);
      for (const [row, { floats, category }] of rows.entries()) {
        for (const [i, value] of floats.entries()) buffer.floats[i * buffer.stride + row] = value;
        buffer.categories[row] = category;
      }
      const expected = rows.flatMap(({ floats, category }) =>
        plainSums(ensemble, floats, category),
      );
      expect(Array.from(kernel.predict(rowCount))).toEqual(expected);
    }
  });

  it.each([1, 16, 17, 40, 64, 65])('sums single rows of %i numeric features', (featureCount) => {
    const random = seededRandom(featureCount);
    const ensemble = numericEnsemble(random, featureCount);
    const kernel = new BinnedKernel(ensemble);
    for (let turn = 0; turn < 60; turn += 1) {
      const floats = ensemble.features.map(({ borders }) => {
        const border = borders[Math.floor(random() * borders.length)] as number;
        const others = [border, besides(border, 1), besides(border, -1), NaN, Infinity, -Infinity];
        return Math.fround(others[Math.floor(random() * others.length)] as number);
      });
      const { floats: buffer, stride } = kernel.rowBuffer(1);
      for (const [i, value] of floats.entries()) buffer[i * stride] = value;
      expect(Array.from(kernel.predict(1))).toEqual(plainSums(ensemble, floats, 0));
    }
  });

  it('hashes text as CatBoost does', () => {
    const kernel = new BinnedKernel(randomEnsemble(seededRandom(9), 1));
    const texts = ['', 'a', 'red', 'abcd', 'été', 'y'.repeat(16), 'y'.repeat(40), 'w'.repeat(200)];
    // The one-hot values of a model that was trained on these categories.
    expect(texts.map((text) => kernel.hashText(text))).toEqual([
      797982799, -805065478, -1242798403, 345588365, 932092307, 1740449106, 1987559912, -911664986,
    ]);
  });
});
