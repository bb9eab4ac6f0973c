/** Gives the tables of a plan their addresses, so that sizes are known before any memory is taken. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { type EnsemblePlan, firstSetColumn } from './build-plan.ts';
import {
  AddressRange,
  blockRows,
  recordSizes,
  scratchHeaderBytes,
  scratchLeafBytes,
  scratchSlotBytes,
} from './layout.ts';
import type { RankSource } from './rank-splits.ts';

/** Where the tables of walks stand; byte addresses. */
export interface PlanAddresses {
  readonly plan: number;
  readonly sources: number;
  /** List of thresholds or of categories of each source. */
  readonly lists: readonly number[];
  /** Sets of each source; 0 for numerical ones. */
  readonly sets: readonly number[];
  readonly setColumns: number;
  readonly walkColumns: number;
  readonly trees: number;
  readonly nodes: number;
  readonly leafOf: number;
  readonly leafValues: number;
  readonly leafNodes: number;
  readonly base: number;
  readonly end: number;
}

/** Columns of two bytes whose offset fits the 16 bits that a node has for it. */
const mostWalkColumns = 32_768;
/** Most bytes of a plan: the rest of the 4 GiB belongs to rows and scratch. */
export const mostPlanBytes: number = 3 * 2 ** 30;

/**
 * Gives every table its place.
 * @throws MODEL_NOT_NATIVE for an ensemble too large for 32-bit addresses or 16-bit columns.
 */
export function placePlan(plan: EnsemblePlan, start: number): PlanAddresses {
  const columns = plan.walkColumns.columns.length;
  if (columns > mostWalkColumns) {
    throw slipwayError(
      'MODEL_NOT_NATIVE',
      `The trees ask ${columns} different things of their features; the native kernel takes at most ${mostWalkColumns}.`,
      { details: { columns, limit: mostWalkColumns } },
    );
  }
  const range = new AddressRange(start);
  const addresses = {
    plan: range.take(recordSizes.plan),
    sources: range.take(plan.splits.sources.length * recordSizes.source),
    lists: plan.splits.sources.map((source) => range.take(listBytes(plan, source))),
    sets: plan.splits.sources.map((source) =>
      'bits' in source ? range.take(source.bits.length) : 0,
    ),
    setColumns: range.take((columns - firstSetColumn(plan)) * recordSizes.setColumn),
    walkColumns: range.take(columns * recordSizes.column),
    trees: range.take(plan.ensemble.trees.length * recordSizes.tree),
    nodes: range.take(plan.nodes.child.length * recordSizes.node),
    leafOf: range.take(plan.leaves.leafOf.byteLength),
    leafValues: range.take(plan.leaves.values.byteLength),
    leafNodes: range.take(plan.leaves.original.byteLength),
    base: range.take(plan.ensemble.outputCount * 8),
  };
  if (range.end > mostPlanBytes) {
    throw slipwayError(
      'MODEL_NOT_NATIVE',
      `The trees take ${range.end} bytes, more than the native kernel can address.`,
      {
        details: { sizeBytes: range.end, limitBytes: mostPlanBytes },
      },
    );
  }
  return { ...addresses, end: range.end };
}

/** Entries of a sorted list filled up to a power of two minus one. */
export function paddedLength(thresholds: number): number {
  return 2 ** Math.ceil(Math.log2(thresholds + 1)) - 1;
}

function listBytes(plan: EnsemblePlan, source: RankSource): number {
  const width = plan.ensemble.thresholdType === 'float32' ? 4 : 8;
  return paddedLength(listOf(source).length) * width;
}

/** Sorted numbers among which a value of the source is looked for. */
export function listOf(source: RankSource): Float32Array | Float64Array {
  return 'thresholds' in source ? source.thresholds : source.categories;
}

/** Offsets of the parts of a scratch; the codes of blocks come last, so that the others stay where they are. */
export function placeScratch(
  plan: EnsemblePlan,
): Record<'rows' | 'slots' | 'leaves' | 'sums' | 'totals' | 'codes', number> {
  const range = new AddressRange(0);
  range.take(scratchHeaderBytes);
  return {
    rows: range.take(walkStride(plan) * blockRows * 2),
    slots: range.take(scratchSlotBytes),
    leaves: range.take(scratchLeafBytes),
    sums: range.take(plan.ensemble.outputCount * blockRows * 8),
    totals: range.take(plan.ensemble.outputCount * blockRows * 8),
    codes: range.take(0),
  };
}

/** Bytes of a row of codes of two bytes; in blocks they take twice as much. */
export function walkStride(plan: EnsemblePlan): number {
  return Math.max(1, plan.walkColumns.columns.length) * 2;
}
