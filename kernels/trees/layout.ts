// Records in linear memory. They are written by src/trees/plan/*.ts; both sides must agree.

/** Rows of one block: four vectors of sixteen bytes. */
export const blockRows: i32 = 64;
/** Offset of a column of two bytes a row → that of one of four bytes a row of a block. */
export const blockColumnShift: usize = 7;
/** Trees whose leaves are found before they are added up. */
export const chunkTrees: u32 = 64;
/** Fewest rows for which a whole block pays. */
export const fewestBlockRows: i32 = 4;

// Plan: fields of 4 bytes.
export const planRowStride: usize = 0;
export const planSources: usize = 4;
export const planSourceCount: usize = 8;
export const planBlockColumns: usize = 12;
export const planWalkColumns: usize = 16;
export const planWalkStride: usize = 20;
export const planTrees: usize = 24;
export const planNodes: usize = 28;
export const planLeafOf: usize = 32;
export const planLeafValues: usize = 36;
export const planLeafNodes: usize = 40;
export const planOutputCount: usize = 44;
export const planBase: usize = 48;
export const planFlags: usize = 52;
export const planScratchCodes: usize = 56;
export const planScratchRows: usize = 60;
export const planScratchSlots: usize = 64;
export const planScratchLeaves: usize = 68;
export const planScratchSums: usize = 72;
export const planSetsFrom: usize = 76;
export const planSetColumns: usize = 80;
export const planScratchTotals: usize = 84;

export const flagWideFeatures: u32 = 1;
export const flagWideSums: u32 = 2;
export const flagVectorLeaves: u32 = 4;

// Scratch: ranks of a block, then which rows miss the feature.
export const scratchRanks: usize = 0;
export const scratchMissing: usize = 256;

// Source: what is asked of a feature, 40 bytes.
export const sourceSize: usize = 40;
export const sourceFeature: usize = 0;
export const sourceList: usize = 4;
export const sourceLength: usize = 8;
export const sourceKind: usize = 12;
export const sourceBlockFirst: usize = 16;
export const sourceBlockEnd: usize = 20;
export const sourceWalkFirst: usize = 24;
export const sourceWalkEnd: usize = 28;
export const sourceMembership: usize = 32;
export const sourceCount: usize = 36;

export const kindAtMost: u32 = 0;
export const kindBelow: u32 = 1;
export const kindCategory: u32 = 2;
export const kindTruncatedCategory: u32 = 3;
/** Bits of the kind that say how a value is ranked; what counts as missing follows. */
export const kindMask: u32 = 3;
export const missingShift: u32 = 2;
/** NaN is missing, nothing is (NaN is compared as 0), NaN and zero are. */
export const missingNaN: u32 = 0;
export const missingNothing: u32 = 1;
export const missingZero: u32 = 2;

// Column: codes of a source, 8 bytes.
export const columnSize: usize = 8;
export const columnOffset: usize = 0;
export const columnMissingRight: usize = 4;

// Column of walks for sets: address of its first set and bytes of a set, 8 bytes.
export const setColumnFirst: usize = 0;
export const setColumnStride: usize = 4;

// Node: 8 bytes; where the column is for sets, the threshold is the number of a set.
export const nodeChild: usize = 0;
export const nodeColumn: usize = 4;
export const nodeThreshold: usize = 6;

// Tree: 40 bytes; the root is an address.
export const treeSize: usize = 40;
export const treeRoot: usize = 0;
export const treeDepth: usize = 4;
export const treeOutput: usize = 8;
export const treeFirstLeaf: usize = 12;
export const treePairs: usize = 16;
export const treePairCount: usize = 20;
export const treeJoins: usize = 24;
export const treeJoinCount: usize = 28;
export const treeRootSlot: usize = 32;

// Pair: a split above two leaves, 8 bytes. Join: any other split, 10 bytes.
export const pairSize: usize = 8;
export const pairColumn: usize = 0;
export const pairThreshold: usize = 2;
export const pairLeaf: usize = 3;
export const pairSlot: usize = 4;
export const joinSize: usize = 10;
export const joinColumn: usize = 0;
export const joinThreshold: usize = 2;
export const joinLeft: usize = 4;
export const joinRight: usize = 6;
export const joinSlot: usize = 8;

// Segment: a run of trees of one kind, 12 bytes.
export const segmentSize: usize = 12;
export const segmentKind: usize = 0;
export const segmentFirst: usize = 4;
export const segmentEnd: usize = 8;

export const segmentConstant: u32 = 0;
export const segmentNetwork: u32 = 1;
export const segmentWalk: u32 = 2;
/** No trees, but the begin of a sum of its own. */
export const segmentPart: u32 = 3;
