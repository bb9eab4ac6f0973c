/** Writes the tables of blocks to linear memory, beside those of walks. */
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { blockRows, planFields, recordSizes, segmentKinds } from './layout.ts';
import type { BlockAddresses } from './place-block-plan.ts';
import type { PlanAddresses } from './place-plan.ts';
import { writeNetwork } from './write-network.ts';
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
  const { firstLeaf } = plan.leaves;
  let pairs = records;
  for (const [tree, kind] of blocks.kinds.entries()) {
    if (kind !== segmentKinds.network) continue;
    const pairCount = blocks.pairCounts[tree] as number;
    const joinCount = (firstLeaf[tree + 1] as number) - (firstLeaf[tree] as number) - 1 - pairCount;
    const joins = pairs + pairCount * recordSizes.pair;
    const root = writeNetwork(plan, blocks, tree, [pairs, joins], view) * blockRows;
    fields.set([pairs, pairCount, joins, joinCount, root], tree * words + pairsField);
    pairs = joins + joinCount * recordSizes.join;
  }
}
