// Records in linear memory. They are written by src/trees/oblivious/*.ts; both sides must agree.

/** Rows of one block: eight vectors of sixteen bytes. */
export const blockRows: usize = 128;

// Plan: fields of 4 bytes.
export const planSources: usize = 0;
/** Sources before it need the input only, those from it on need the statistics. */
export const planPlainSourceCount: usize = 4;
export const planSourceCount: usize = 8;
export const planStatistics: usize = 12;
export const planStatisticCount: usize = 16;
export const planTrees: usize = 20;
export const planTreeCount: usize = 24;
export const planKind: usize = 28;
export const planOutputCount: usize = 32;
export const planScratchColumns: usize = 36;
export const planScratchHashes: usize = 40;
export const planScratchLeaves: usize = 44;
/** Groups of trees for single rows; 0 where there are none. */
export const planRowGroups: usize = 48;
/** Vectors of sixteen bytes that hold the bins of one row. */
export const planRowVectors: usize = 52;

export const kindSymmetric: u32 = 0;
export const kindWalked: u32 = 1;

// Source: what fills one column of bins, 40 bytes.
export const sourceSize: usize = 40;
export const sourceKind: usize = 0;
export const sourceColumn: usize = 4;
export const sourceList: usize = 8;
export const sourceLength: usize = 12;
export const sourceHalf: usize = 16;
export const sourceMissingHigh: usize = 20;
/** Table of a grid of cells, 0 where there is none: how many borders lie below each cell. */
export const sourceGrid: usize = 24;
/** Most borders in one cell. */
export const sourceGridSteps: usize = 28;
export const sourceGridStart: usize = 32;
export const sourceGridScale: usize = 36;

export const gridCells: f32 = 1024;

export const sourceFloat: u32 = 0;
export const sourceStatistic: u32 = 1;
export const sourceOneHot: u32 = 2;

// Statistic: a number looked up by a hash of categories and bins, 60 bytes.
export const statisticSize: usize = 60;
export const statisticInputs: usize = 0;
export const statisticInputCount: usize = 4;
/** 1 where the inputs are those of the statistic before. */
export const statisticSameInputs: usize = 8;
export const statisticBuckets: usize = 12;
export const statisticMask: usize = 16;
export const statisticValues: usize = 20;
export const statisticKind: usize = 24;
export const statisticClasses: usize = 28;
export const statisticTarget: usize = 32;
export const statisticDenominator: usize = 36;
export const statisticPriorNumerator: usize = 40;
export const statisticPriorDenominator: usize = 44;
export const statisticShift: usize = 48;
export const statisticScale: usize = 52;
export const statisticColumn: usize = 56;

export const statisticMean: u32 = 0;
export const statisticCount: u32 = 1;
export const statisticClass: u32 = 2;
export const statisticAbove: u32 = 3;

// Input of a hash, 12 bytes.
export const inputSize: usize = 12;
export const inputKind: usize = 0;
export const inputColumn: usize = 4;
export const inputValue: usize = 8;

export const inputCategory: u32 = 0;
export const inputAtLeast: u32 = 1;
export const inputEqual: u32 = 2;

// Bucket of a hash table: 64 bits of hash, 32 of index; a hash of ones is an empty bucket.
export const bucketSize: usize = 12;

// Symmetric tree, 12 bytes: splits, depth, leaf values (addresses).
export const treeSize: usize = 12;
export const treeSplits: usize = 0;
export const treeDepth: usize = 4;
export const treeLeaves: usize = 8;

// Split of a symmetric tree, 8 bytes. The last split decides the highest bit of the leaf's number and stands first.
export const splitSize: usize = 8;
export const splitOffset: usize = 0;
export const splitBin: usize = 4;
export const splitEqual: usize = 5;

// Group of sixteen symmetric trees: its depth, then for each level sixteen numbers of sources and sixteen bins.
export const groupHeadSize: usize = 16;
export const groupTrees: usize = 16;

// Walked tree: address of its root. Node, 16 bytes; a leaf is its own child.
export const nodeSize: usize = 16;
export const nodeLeft: usize = 0;
export const nodeRight: usize = 4;
export const nodeLeaves: usize = 8;
export const nodeColumn: usize = 12;
export const nodeBin: usize = 14;
export const nodeFlip: usize = 15;
