/** Layout of the kernel's records in linear memory; mirrors kernels/trees/layout.ts. */

/** Rows of one block. */
export const blockRows: number = 64;
/** Fewest rows that the kernel scores as a block. */
export const fewestBlockRows: number = 4;
/** Bytes of a cell of the evaluator's tables. */
export const recordSizes = {
  source: 40,
  column: 8,
  setColumn: 8,
  node: 8,
  tree: 40,
  pair: 8,
  join: 10,
  segment: 12,
  plan: 128,
} as const;

/** Fields of the plan, in units of 4 bytes. */
export const planFields = {
  rowStride: 0,
  sources: 1,
  sourceCount: 2,
  blockColumns: 3,
  walkColumns: 4,
  walkStride: 5,
  trees: 6,
  nodes: 7,
  leafOf: 8,
  leafValues: 9,
  leafNodes: 10,
  outputCount: 11,
  base: 12,
  flags: 13,
  scratchCodes: 14,
  scratchRows: 15,
  scratchSlots: 16,
  scratchLeaves: 17,
  scratchSums: 18,
  setsFrom: 19,
  setColumns: 20,
  scratchTotals: 21,
} as const;

/** Bits of the plan's flags. */
export const planFlags = { wideFeatures: 1, wideSums: 2, vectorLeaves: 4 } as const;

/** Kinds of sources: how a value is ranked, and, in the bits from `missingShift`, what counts as missing. */
export const sourceKinds = { atMost: 0, below: 1, category: 2, truncatedCategory: 3 } as const;

/** Place of {@link RankSource.missing} in the kind of a source. */
export const missingShift: number = 2;

/** Kinds of segments: how a run of trees is evaluated in a block. */
export const segmentKinds = { constant: 0, network: 1, walk: 2 } as const;

/** Kind of a segment. */
export type SegmentKind = (typeof segmentKinds)[keyof typeof segmentKinds];

/** Kind of a segment without trees, after which a sum of its own begins. */
export const segmentPart: number = 3;

/** Bytes of ranks and of flags of missing values, at the start of a scratch. */
export const scratchHeaderBytes: number = 512;
/** Bytes of the 256 slots of leaves and the 255 of splits. */
export const scratchSlotBytes: number = 512 * blockRows;
/** Bytes of the leaves of a chunk of 64 trees, or of a walked tree. */
export const scratchLeafBytes: number = 4096;

/** Hands out addresses one after the other. */
export class AddressRange {
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** First address that is free. */
  get end(): number {
    return this.#end;
  }

  /** Takes `sizeBytes` bytes; the address is a multiple of 64, which no vector or cache line straddles. */
  take(sizeBytes: number): number {
    const address = Math.ceil(this.#end / 64) * 64;
    this.#end = address + sizeBytes;
    return address;
  }
}
