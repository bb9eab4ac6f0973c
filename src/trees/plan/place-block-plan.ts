/** Gives the tables of blocks their addresses. */
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { AddressRange, blockRows, recordSizes, segmentKinds } from './layout.ts';

/** Where the tables of blocks stand; byte addresses. */
export interface BlockAddresses {
  readonly blockColumns: number;
  readonly records: number;
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
  return { blockColumns, records, end: range.end };
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
