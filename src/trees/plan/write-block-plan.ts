/** Writes the tables of blocks to linear memory, beside those of walks. */
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { blockRows, planFields, recordSizes } from './layout.ts';
import type { TreeNetwork } from './pack-network.ts';
import type { BlockAddresses } from './place-block-plan.ts';
import type { PlanAddresses } from './place-plan.ts';
import { firstColumns, writeColumns } from './write-plan.ts';

/** Fields of a source and of a tree that only blocks read, in units of 4 bytes. */
const blockFirstField = 4;
const pairsField = 4;

/** Writes all tables of blocks. `buffer` reaches to `blockAddresses.end` at least. */
export function writeBlockPlan(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  blocks: BlockPlan,
  blockAddresses: BlockAddresses,
  buffer: ArrayBufferLike,
): void {
  const header = new Uint32Array(buffer, addresses.plan, recordSizes.plan / 4);
  header[planFields.blockColumns] = blockAddresses.blockColumns;
  writeColumns(blocks.blockColumns, blockAddresses.blockColumns, buffer);
  writeSourceColumns(plan, addresses, blocks, buffer);
  writeNetworks(plan, addresses, blocks, blockAddresses, buffer);
}

function writeSourceColumns(
  { splits }: EnsemblePlan,
  addresses: PlanAddresses,
  blocks: BlockPlan,
  buffer: ArrayBufferLike,
): void {
  const first = firstColumns(blocks.blockColumns, splits.sources.length);
  const words = recordSizes.source / 4;
  const fields = new Uint32Array(buffer, addresses.sources, splits.sources.length * words);
  for (const index of splits.sources.keys()) {
    fields.set(first.subarray(index, index + 2), index * words + blockFirstField);
  }
}

function writeNetworks(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  blocks: BlockPlan,
  { records }: BlockAddresses,
  buffer: ArrayBufferLike,
): void {
  const view = new DataView(buffer);
  const words = recordSizes.tree / 4;
  const fields = new Uint32Array(buffer, addresses.trees, plan.ensemble.trees.length * words);
  let pairs = records;
  for (const [index, network] of blocks.networks) {
    const joins = pairs + network.pairs.length * recordSizes.pair;
    const root = network.rootSlot * blockRows;
    const counts = [pairs, network.pairs.length, joins, network.joins.length, root];
    fields.set(counts, index * words + pairsField);
    pairs = writeNetwork(network, pairs, joins, view);
  }
}

/** Codes and thresholds of one byte are stored minus 128. Returns the end of the records. */
function writeNetwork(network: TreeNetwork, pairs: number, joins: number, view: DataView): number {
  let at = pairs;
  for (const pair of network.pairs) {
    view.setUint16(at, pair.column, true);
    view.setInt8(at + 2, pair.threshold - 128);
    view.setUint8(at + 3, pair.leaf);
    view.setUint16(at + 4, pair.slot * blockRows, true);
    at += recordSizes.pair;
  }
  at = joins;
  for (const join of network.joins) {
    view.setUint16(at, join.column, true);
    view.setInt8(at + 2, join.threshold - 128);
    view.setUint16(at + 4, join.left * blockRows, true);
    view.setUint16(at + 6, join.right * blockRows, true);
    view.setUint16(at + 8, join.slot * blockRows, true);
    at += recordSizes.join;
  }
  return at;
}
