/** Gives the tables of blocks their addresses. */
import type { BlockPlan } from './build-block-plan.ts';
import { AddressRange, blockRows, recordSizes } from './layout.ts';

/** Where the tables of blocks stand; byte addresses. */
export interface BlockAddresses {
  readonly blockColumns: number;
  readonly records: number;
  readonly end: number;
}

/** Gives every table of blocks its place. */
export function placeBlockPlan(blocks: BlockPlan, start: number): BlockAddresses {
  const range = new AddressRange(start);
  const blockColumns = range.take(blocks.blockColumns.columns.length * recordSizes.column);
  const records = range.take(networkBytes(blocks));
  return { blockColumns, records, end: range.end };
}

/** Bytes that the codes of a block take in a scratch. */
export function blockCodeBytes(blocks: BlockPlan): number {
  return blocks.blockColumns.columns.length * blockRows;
}

function networkBytes(blocks: BlockPlan): number {
  let bytes = 0;
  for (const { pairs, joins } of blocks.networks.values()) {
    bytes += pairs.length * recordSizes.pair + joins.length * recordSizes.join;
  }
  return bytes;
}
