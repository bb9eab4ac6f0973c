/** Columns of codes: what a node reads in place of its feature. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';
import type { RankedSplits, RankSource } from './rank-splits.ts';

/**
 * Codes of a source. Numerical: `rank - offset`, held within the width; a missing value gets the lowest or the
 * highest code. Categorical: codes for the sets from `offset` on.
 */
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

/** Thresholds that a column tells apart, and sets that one is good for. */
export interface ColumnWidths {
  readonly thresholds: number;
  readonly sets: number;
}

/**
 * Assigns columns to the splits of the trees that `takesPart` accepts. A feature with more thresholds or sets than
 * a column is good for, or with numerical splits of both default directions, takes several.
 */
export function assignColumns(
  ensemble: TreeEnsemble,
  nodes: PackedNodes,
  splits: RankedSplits,
  widths: ColumnWidths,
  takesPart: (tree: number) => boolean,
): ColumnPlan {
  const firstPlace = placeColumns(splits, widths);
  const used = new Uint8Array(firstPlace[splits.sources.length] as number);
  const column = new Uint32Array(nodes.child.length);
  const threshold = new Uint16Array(nodes.child.length);
  for (const [number, tree] of ensemble.trees.entries()) {
    if (!takesPart(number)) continue;
    const end = nodes.firstNode[number + 1] as number;
    for (let at = nodes.firstNode[number] as number; at < end; at++) {
      if (!isSplit(nodes, at)) continue;
      const place = splits.place[at] as number;
      const index = splits.source[at] as number;
      const isSet = 'categories' in (splits.sources[index] as RankSource);
      const width = isSet ? widths.sets : widths.thresholds;
      const part = Math.floor(place / width);
      // Sets hold missing values as one code more.
      const missingRight = !isSet && tree.defaultLeft[nodes.original[at] as number] === 0 ? 1 : 0;
      const possible = (firstPlace[index] as number) + part * 2 + missingRight;
      used[possible] = 1;
      column[at] = possible;
      threshold[at] = place - part * width;
    }
  }
  return { ...numberColumns(splits, firstPlace, used, column, widths), threshold };
}

/** Where the possible columns of each source start: two, one a default direction, for each part of its thresholds. */
function placeColumns(splits: RankedSplits, widths: ColumnWidths): Uint32Array {
  const first = new Uint32Array(splits.sources.length + 1);
  for (const [index, source] of splits.sources.entries()) {
    const parts =
      'thresholds' in source
        ? Math.ceil(source.thresholds.length / widths.thresholds)
        : Math.ceil(source.setCount / widths.sets);
    first[index + 1] = (first[index] as number) + 2 * parts;
  }
  return first;
}

/** Keeps the columns that are used and renumbers them in `column`. */
function numberColumns(
  splits: RankedSplits,
  firstPlace: Uint32Array,
  used: Uint8Array,
  column: Uint32Array,
  widths: ColumnWidths,
): Pick<ColumnPlan, 'columns' | 'column'> {
  const numbers = new Uint32Array(used.length);
  const columns: CodeColumn[] = [];
  for (let source = 0; source + 1 < firstPlace.length; source++) {
    const first = firstPlace[source] as number;
    const isSet = 'categories' in (splits.sources[source] as RankSource);
    const width = isSet ? widths.sets : widths.thresholds;
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
