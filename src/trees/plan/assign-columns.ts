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
  const firstPlace = placeColumns(splits, width);
  const used = new Uint8Array(firstPlace[splits.sources.length] as number);
  const column = new Uint32Array(nodes.child.length);
  const threshold = new Uint16Array(nodes.child.length);
  for (const [index, tree] of ensemble.trees.entries()) {
    if (!takesPart(index)) continue;
    const end = nodes.firstNode[index + 1] as number;
    for (let at = nodes.firstNode[index] as number; at < end; at++) {
      if (!isSplit(nodes, at)) continue;
      const place = splits.place[at] as number;
      const part = Math.floor(place / width);
      const missingRight = tree.defaultLeft[nodes.original[at] as number] === 0 ? 1 : 0;
      const possible =
        (firstPlace[splits.source[at] as number] as number) + part * 2 + missingRight;
      used[possible] = 1;
      column[at] = possible;
      threshold[at] = place - part * width;
    }
  }
  return { ...numberColumns(firstPlace, used, column, width), threshold };
}

/** Where the possible columns of each source start: two, one a default direction, for each part of its thresholds. */
function placeColumns(splits: RankedSplits, width: number): Uint32Array {
  const first = new Uint32Array(splits.sources.length + 1);
  for (const [index, source] of splits.sources.entries()) {
    const parts = 'thresholds' in source ? Math.ceil(source.thresholds.length / width) : 1;
    first[index + 1] = (first[index] as number) + 2 * parts;
  }
  return first;
}

/** Keeps the columns that are used and renumbers them in `column`. */
function numberColumns(
  firstPlace: Uint32Array,
  used: Uint8Array,
  column: Uint32Array,
  width: number,
): Pick<ColumnPlan, 'columns' | 'column'> {
  const numbers = new Uint32Array(used.length);
  const columns: CodeColumn[] = [];
  for (let source = 0; source + 1 < firstPlace.length; source++) {
    const first = firstPlace[source] as number;
    for (let possible = first; possible < (firstPlace[source + 1] as number); possible++) {
      if (used[possible] === 0) continue;
      const offset = ((possible - first) >> 1) * width;
      numbers[possible] = columns.length;
      columns.push({ source, offset, missingRight: (possible - first) % 2 === 1 });
    }
  }
  for (let at = 0; at < column.length; at++) column[at] = numbers[column[at] as number] as number;
  return { columns, column };
}
