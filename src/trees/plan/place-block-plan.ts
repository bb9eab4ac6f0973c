/** Gives the tables of blocks their addresses. */
import type { ColumnPlan } from './assign-columns.ts';
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import type { CategorySource } from './category-sets.ts';
import { AddressRange, blockRows, recordSizes, segmentKinds } from './layout.ts';

/** Where the tables of blocks stand; byte addresses. */
export interface BlockAddresses {
  readonly blockColumns: number;
  readonly records: number;
  /** Membership of every code in the sets of a source's columns, by source; 0 for numerical ones. */
  readonly memberships: readonly number[];
  readonly end: number;
}

/** Gives every table of blocks its place. */
export function placeBlockPlan(
  plan: EnsemblePlan,
  blocks: BlockPlan,
  start: number,
): BlockAddresses {
  const range = new AddressRange(start);
  const blockColumns = range.take(blocks.blockColumns.columns.length * recordSizes.column);
  const records = range.take(networkBytes(plan, blocks));
  const counts = countColumns(blocks.blockColumns, plan.splits.sources.length);
  const memberships = plan.splits.sources.map((source, index) =>
    'bits' in source ? range.take(membershipBytes(source, counts[index] as number)) : 0,
  );
  return { blockColumns, records, memberships, end: range.end };
}

function countColumns({ columns }: ColumnPlan, sources: number): Uint32Array {
  const counts = new Uint32Array(sources);
  for (const { source } of columns) counts[source] = (counts[source] as number) + 1;
  return counts;
}

/** A row of bits for every code: one bit for each of `columns` sets. */
function membershipBytes({ categories }: CategorySource, columns: number): number {
  return (categories.length + 2) * ((columns + 7) >> 3);
}

/** Bytes that the codes of a block take in a scratch. */
export function blockCodeBytes(blocks: BlockPlan): number {
  return blocks.blockColumns.columns.length * blockRows;
}

function networkBytes({ leaves: { firstLeaf } }: EnsemblePlan, blocks: BlockPlan): number {
  let bytes = 0;
  for (const [tree, kind] of blocks.kinds.entries()) {
    if (kind !== segmentKinds.network) continue;
    const splits = (firstLeaf[tree + 1] as number) - (firstLeaf[tree] as number) - 1;
    const pairs = blocks.pairCounts[tree] as number;
    bytes += pairs * recordSizes.pair + (splits - pairs) * recordSizes.join;
  }
  return bytes;
}
