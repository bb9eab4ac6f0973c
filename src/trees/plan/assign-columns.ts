/** Columns of codes: what a node reads in place of its feature. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';
import type { RankedSplits } from './rank-splits.ts';

/** Codes of a source: `rank - offset`, held within the width; a missing value gets the lowest or the highest code. */
export interface CodeColumn {
  readonly source: number;
  readonly offset: number;
  readonly missingRight: boolean;
}

/** Columns sorted by source, and where each node finds its own. */
export interface ColumnPlan {
  readonly columns: readonly CodeColumn[];
  /** Per packed node. */
  readonly column: Uint32Array;
  /** Threshold of the node within its column. */
  readonly threshold: Uint16Array;
}

/**
 * Assigns columns to the splits of the trees that `takesPart` accepts. A column tells `width` thresholds apart, so
 * a feature with more of them, or with splits of both default directions, takes several.
 */
export function assignColumns(
  ensemble: TreeEnsemble,
  nodes: PackedNodes,
  splits: RankedSplits,
  width: number,
  takesPart: (tree: number) => boolean,
): ColumnPlan {
  const nodeCount = splits.source.length;
  const keys = new Float64Array(nodeCount).fill(-1);
  const threshold = new Uint16Array(nodeCount);
  const used = new Set<number>();
  const parts = countParts(splits, width);
  for (const [index, tree] of ensemble.trees.entries()) {
    if (!takesPart(index)) continue;
    const end = nodes.firstNode[index + 1] as number;
    for (let at = nodes.firstNode[index] as number; at < end; at++) {
      if (!isSplit(nodes, at)) continue;
      const place = splits.place[at] as number;
      const part = Math.floor(place / width);
      const missingRight = tree.defaultLeft[nodes.original[at] as number] === 0 ? 1 : 0;
      const key = ((splits.source[at] as number) * parts + part) * 2 + missingRight;
      keys[at] = key;
      threshold[at] = place - part * width;
      used.add(key);
    }
  }
  return { ...numberColumns(keys, used, parts, width), threshold };
}

/** Parts that the source with most thresholds falls into. */
function countParts(splits: RankedSplits, width: number): number {
  let parts = 1;
  for (const source of splits.sources) {
    if ('thresholds' in source)
      parts = Math.max(parts, Math.ceil(source.thresholds.length / width));
  }
  return parts;
}

function numberColumns(
  keys: Float64Array,
  used: ReadonlySet<number>,
  parts: number,
  width: number,
): Pick<ColumnPlan, 'columns' | 'column'> {
  const sorted = Float64Array.from(used).sort();
  const numbers = new Map<number, number>();
  const columns = Array.from(sorted, (key, index) => {
    numbers.set(key, index);
    const part = Math.floor(key / 2);
    return {
      source: Math.floor(part / parts),
      offset: (part % parts) * width,
      missingRight: key % 2 === 1,
    };
  });
  return { columns, column: Uint32Array.from(keys, (key) => numbers.get(key) ?? 0) };
}
