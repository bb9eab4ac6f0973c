/** Turns splits into ranks: which question each node asks of its feature, and at which place of the sorted thresholds. */
import type { Tree, TreeEnsemble } from '../tree-ensemble.ts';
import { CategorySets, type CategorySource } from './category-sets.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';

/** Thresholds that a feature is compared with. */
export interface NumericSource {
  readonly feature: number;
  readonly thresholds: Float32Array | Float64Array;
  /** As in `Tree.missing`. */
  readonly missing: number;
}

/** What is asked of a feature: its rank among sorted thresholds, or which sets of categories it is in. */
export type RankSource = NumericSource | CategorySource;

/** Splits of the whole ensemble, per packed node. Numerical sources come before categorical ones. */
export interface RankedSplits {
  readonly sources: readonly RankSource[];
  /** Source asked; meaningless in leaves. */
  readonly source: Uint32Array;
  /** Place of the threshold in the source's list, a row goes right where its rank is greater; or number of the set. */
  readonly place: Uint32Array;
}

/** Ranks all splits. Equal thresholds, and equal sets of categories, of a feature are asked once. */
export function rankSplits(ensemble: TreeEnsemble, nodes: PackedNodes): RankedSplits {
  const source = new Uint32Array(nodes.child.length);
  const place = new Uint32Array(nodes.child.length);
  const sources: RankSource[] = [];
  const numeric = collectThresholds(ensemble, nodes, sources);
  const sets = new Map<number, { readonly index: number; readonly sets: CategorySets }>();
  forEachSplit(ensemble, nodes, (tree, node, at) => {
    const categories = tree.categories?.get(node);
    const feature = tree.feature[node] as number;
    if (categories !== undefined) {
      const known = sets.get(feature);
      const asked = known ?? { index: sources.length + sets.size, sets: new CategorySets(feature) };
      if (known === undefined) sets.set(feature, asked);
      source[at] = asked.index;
      place[at] = asked.sets.add(categories, tree.defaultLeft[node] === 0);
      return;
    }
    const index = numeric.get(questionOf(tree, node)) ?? 0;
    source[at] = index;
    place[at] = placeOf(sources[index] as NumericSource, thresholdOf(ensemble, tree, node));
  });
  for (const asked of sets.values()) sources.push(asked.sets.finish());
  return { sources, source, place };
}

/** Calls `visit` with every split: its tree, its number there and its packed number. */
function forEachSplit(
  ensemble: TreeEnsemble,
  nodes: PackedNodes,
  visit: (tree: Tree, node: number, at: number) => void,
): void {
  for (const [index, tree] of ensemble.trees.entries()) {
    const end = nodes.firstNode[index + 1] as number;
    for (let at = nodes.firstNode[index] as number; at < end; at++) {
      if (isSplit(nodes, at)) visit(tree, nodes.original[at] as number, at);
    }
  }
}

/** No value is below NaN, as none is below -Infinity. */
function thresholdOf(ensemble: TreeEnsemble, tree: Tree, node: number): number {
  const threshold = tree.threshold[node] as number;
  if (Number.isNaN(threshold)) return -Infinity;
  return ensemble.thresholdType === 'float32' ? Math.fround(threshold) : threshold;
}

const missingRules = 4;

/** Feature and what counts as missing there, in one number. */
function questionOf(tree: Tree, node: number): number {
  return (tree.feature[node] as number) * missingRules + (tree.missing?.[node] ?? 0);
}

/** Adds a source per question, in the order of features; question → index of the source. */
function collectThresholds(
  ensemble: TreeEnsemble,
  nodes: PackedNodes,
  sources: RankSource[],
): Map<number, number> {
  const found = new Map<number, number[]>();
  forEachSplit(ensemble, nodes, (tree, node) => {
    if (tree.categories?.has(node) === true) return;
    const question = questionOf(tree, node);
    const list = found.get(question);
    if (list === undefined) found.set(question, [thresholdOf(ensemble, tree, node)]);
    else list.push(thresholdOf(ensemble, tree, node));
  });
  const indexes = new Map<number, number>();
  for (const question of [...found.keys()].toSorted((a, b) => a - b)) {
    indexes.set(question, sources.length);
    const thresholds = sortDistinct(found.get(question) ?? [], ensemble.thresholdType);
    const feature = Math.floor(question / missingRules);
    sources.push({ feature, thresholds, missing: question % missingRules });
  }
  return indexes;
}

function sortDistinct(
  values: readonly number[],
  type: 'float32' | 'float64',
): Float32Array | Float64Array {
  const sorted = type === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
  sorted.sort();
  let count = 0;
  for (const value of sorted) {
    // Zero and minus zero compare equal, so they are one threshold.
    if (count === 0 || value !== sorted[count - 1]) sorted[count++] = value;
  }
  return sorted.slice(0, count);
}

function placeOf({ thresholds }: NumericSource, threshold: number): number {
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((thresholds[middle] as number) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
