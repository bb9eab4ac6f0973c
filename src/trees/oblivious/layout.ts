/** Layout of the kernel's records in linear memory; mirrors kernels/oblivious/layout.ts. */

/** Rows of one block. */
export const blockRows: number = 128;

/** Bytes of a record. */
export const recordSizes = {
  source: 40,
  statistic: 60,
  part: 12,
  bucket: 12,
  tree: 12,
  split: 8,
  node: 16,
} as const;

/** Kinds of sources. */
export const sourceKinds = { float: 0, statistic: 1, category: 2 } as const;

/** Kinds of statistics. */
export const statisticKinds = { mean: 0, count: 1, class: 2, above: 3 } as const;

/** Kinds of parts of a hash. */
export const partKinds = { category: 0, atLeast: 1, equal: 2 } as const;

/** Most borders of one source: its bins fit a byte, with CatBoost's own limit. */
export const bordersPerSource: number = 254;

/** Cells of a grid. */
export const gridCells: number = 1024;

/** Trees of a group for single rows, and bytes before its levels. */
export const rowGroup = { trees: 16, headBytes: 16, levelBytes: 32 } as const;

/** Most sources for which single rows have groups: their bins fit four vectors. */
export const rowSources: number = 64;

/** Deepest tree of a group. */
export const rowDepth: number = 8;
