/** Ensembles and rows made from a seed: every mode, shape and odd value that the kernel must get right. */
import { SeededNumbers } from '../../src/backend/verify/seeded-numbers.ts';
import type { Tree, TreeEnsemble } from '../../src/trees/tree-ensemble.ts';

export { SeededNumbers };

/** The float32 nearest to 1e-35, up to which LightGBM takes values as zero. */
const zeroThreshold = Math.fround(1e-35);

// prettier-ignore
const oddValues = [
  0, -0, 1e-45, -1e-45, 1e-310, -0.5, zeroThreshold, -zeroThreshold, zeroThreshold * (1 + 2 ** -22), 2 ** 31, 3.4e38, -3.4e38, Infinity, -Infinity, 1, -1, 0.1,
];

/** What varies between ensembles; the rest is random. */
export interface EnsembleShape {
  readonly thresholdType: 'float32' | 'float64';
  readonly comparison: '<' | '<=';
  readonly sumType: 'float32' | 'float64';
  readonly vectorLeaves: boolean;
  /** `only`: every split asks for categories. */
  readonly categories: boolean | 'only';
  /** Missing rules of LightGBM, drawn by split, and its range of categories. Default: false. */
  readonly lightgbmRules?: boolean;
  readonly outputCount: number;
  readonly featureCount: number;
  readonly treeCount: number;
  /** Most splits of a tree. */
  readonly splitCount: number;
  /** Chain: every split has a leaf; bushy: any leaf is split next. */
  readonly growth: 'bushy' | 'chain';
  readonly weighting?: 'scaled' | 'rebased';
  readonly combine?: 'sum' | 'mean';
}

/** Draws an ensemble. */
export function drawEnsemble(random: SeededNumbers, shape: EnsembleShape): TreeEnsemble {
  const { thresholdType, comparison, sumType, featureCount, outputCount } = shape;
  const kept = Array.from({ length: 40 }, () => drawThreshold(random));
  const trees = Array.from({ length: shape.treeCount }, () => drawTree(random, shape, kept));
  const baseScore = Float64Array.from({ length: shape.outputCount }, () => random.next() * 3);
  return {
    thresholdType,
    comparison,
    sumType,
    featureCount,
    outputCount,
    baseScore,
    trees,
    ...(shape.lightgbmRules === true ? { categoryRange: 'int32' } : {}),
    ...(shape.weighting === undefined ? {} : { weighting: shape.weighting }),
    ...(shape.combine === undefined ? {} : { combine: shape.combine }),
  };
}

function drawThreshold(random: SeededNumbers): number {
  return random.below(6) === 0 ? random.pick(oddValues) : random.next() * 4 - 2;
}

function drawTree(random: SeededNumbers, shape: EnsembleShape, kept: readonly number[]): Tree {
  const left = [-1];
  const right = [-1];
  const leaves = [0];
  const splits = random.below(4) === 0 ? random.below(3) : random.below(shape.splitCount + 1);
  for (let count = 0; count < splits; count++) {
    const at = shape.growth === 'chain' ? leaves.length - 1 : random.below(leaves.length);
    const node = leaves[at] as number;
    const [a, b] =
      random.below(2) === 0 ? [left.length, left.length + 1] : [left.length + 1, left.length];
    left[node] = a;
    right[node] = b;
    left.push(-1, -1);
    right.push(-1, -1);
    leaves.splice(at, 1, left.length - 2, left.length - 1);
  }
  const width = shape.vectorLeaves ? shape.outputCount : 1;
  const nodes = left.length;
  const thresholds = Array.from({ length: nodes }, () =>
    random.below(2) === 0 ? random.pick(kept) : drawThreshold(random),
  );
  const values = Array.from(
    { length: nodes * width },
    () => (random.next() - 0.5) * 10 ** random.below(5),
  );
  return {
    leftChild: Int32Array.from(left),
    rightChild: Int32Array.from(right),
    feature: Int32Array.from(left, () => random.below(shape.featureCount)),
    threshold: floats(shape.thresholdType, thresholds),
    defaultLeft: Uint8Array.from(left, () => random.below(2)),
    leafValue: floats(shape.sumType, values),
    output: shape.vectorLeaves ? null : random.below(shape.outputCount),
    ...(shape.lightgbmRules === true
      ? { missing: Uint8Array.from(left, () => random.below(3)) }
      : {}),
    ...(shape.categories === false
      ? {}
      : { categories: drawCategories(random, left, shape.categories === 'only') }),
    ...(shape.weighting === undefined ? {} : { weight: random.next() }),
  };
}

function floats(
  type: 'float32' | 'float64',
  values: readonly number[],
): Float32Array | Float64Array {
  return type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}

function drawCategories(
  random: SeededNumbers,
  left: readonly number[],
  everywhere: boolean,
): Map<number, Uint32Array> {
  const sets = new Map<number, Uint32Array>();
  for (const [node, child] of left.entries()) {
    if (child === -1 || (!everywhere && random.below(2) === 0)) continue;
    const largest = random.pick([3, 40, 200, 300, 5000]);
    sets.set(
      node,
      Uint32Array.from({ length: random.below(12) }, () => random.below(largest)),
    );
  }
  return sets;
}

/** Draws rows; values often stand on a threshold of the ensemble. */
export function drawRows(
  random: SeededNumbers,
  ensemble: TreeEnsemble,
  rowCount: number,
  missing: boolean,
): number[][] {
  const thresholds = ensemble.trees.flatMap((tree) => Array.from(tree.threshold));
  return Array.from({ length: rowCount }, () =>
    Array.from({ length: ensemble.featureCount }, () => {
      const kind = random.below(8);
      if (missing && kind < 2) return Number.NaN;
      if (kind < 4) return random.pick(thresholds);
      if (kind === 4) return random.pick(oddValues);
      if (kind === 5) return random.below(300) + random.pick([0, 0.5, 0.999]);
      return random.next() * 4 - 2;
    }),
  );
}
