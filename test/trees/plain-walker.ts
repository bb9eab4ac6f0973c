/** What an ensemble means, written plainly: the reference that the kernel is tested against. */
import type { Tree, TreeEnsemble } from '../../src/trees/tree-ensemble.ts';

/** Sums and leaves of rows of numbers. */
export interface PlainScores {
  readonly sums: readonly number[];
  readonly leaves: readonly number[];
}

/** Scores rows one by one. */
export function scorePlainly(
  ensemble: TreeEnsemble,
  rows: readonly (readonly number[])[],
  firstTree: number,
  endTree: number,
): PlainScores {
  const round = rounding(ensemble.sumType);
  const trees = ensemble.trees.slice(firstTree, endTree);
  const leaves: number[] = [];
  const sums = rows.flatMap((row) => {
    const sum = Array.from(ensemble.baseScore, round);
    const counts = sum.map(() => 0);
    for (const tree of trees) {
      const leaf = findLeaf(ensemble, tree, row);
      leaves.push(leaf);
      for (const output of tree.output === null ? sum.keys() : [tree.output]) {
        const value = tree.leafValue[tree.output === null ? leaf * sum.length + output : leaf] ?? 0;
        sum[output] = round(
          (sum[output] ?? 0) + contribution(ensemble, tree, round(value), output),
        );
        counts[output] = (counts[output] ?? 0) + 1;
      }
    }
    if (ensemble.combine !== 'mean') return sum;
    return sum.map((value, output) => round(value / Math.max(1, counts[output] ?? 0)));
  });
  return { sums, leaves };
}

function rounding(type: 'float32' | 'float64'): (value: number) => number {
  return type === 'float32' ? Math.fround : (value) => value;
}

function contribution(ensemble: TreeEnsemble, tree: Tree, leaf: number, output: number): number {
  if (tree.weight === undefined) return leaf;
  const round = rounding(ensemble.sumType);
  const weight = round(tree.weight);
  if (ensemble.weighting !== 'rebased') return round(leaf * weight);
  const base = round(ensemble.baseScore[output] ?? 0);
  return round(round(round(leaf + base) - base) * weight);
}

function findLeaf(ensemble: TreeEnsemble, tree: Tree, row: readonly number[]): number {
  let node = 0;
  while (tree.leftChild[node] !== -1) {
    const goesLeft = decide(ensemble, tree, node, row[tree.feature[node] ?? 0] ?? 0);
    node = (goesLeft ? tree.leftChild[node] : tree.rightChild[node]) ?? 0;
  }
  return node;
}

function decide(ensemble: TreeEnsemble, tree: Tree, node: number, value: number): boolean {
  const x = rounding(ensemble.thresholdType)(value);
  const categories = tree.categories?.get(node);
  const rule = categories === undefined ? (tree.missing?.[node] ?? 0) : 0;
  const isMissing =
    rule === 2 ? !(Math.abs(x) > Math.fround(1e-35)) : rule === 0 && Number.isNaN(x);
  if (isMissing) return tree.defaultLeft[node] === 1;
  if (categories !== undefined) {
    const [above, end] = ensemble.categoryRange === 'int32' ? [-1, 2 ** 31] : [-1e-300, 2 ** 24];
    return x <= above || x >= end || !categories.includes(Math.abs(Math.trunc(x)));
  }
  const threshold = tree.threshold[node] ?? 0;
  const compared = Number.isNaN(x) ? 0 : x;
  return ensemble.comparison === '<' ? compared < threshold : compared <= threshold;
}
