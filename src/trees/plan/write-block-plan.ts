/** Writes the tables of blocks to linear memory, beside those of walks. */
import type { CodeColumn } from './assign-columns.ts';
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { type CategorySource, setBytes } from './category-sets.ts';
import { blockRows, planFields, recordSizes, segmentKinds } from './layout.ts';
import type { BlockAddresses } from './place-block-plan.ts';
import type { PlanAddresses } from './place-plan.ts';
import { writeNetwork } from './write-network.ts';
import { firstColumns, writeColumns } from './write-plan.ts';

/** Fields of a source and of a tree that only blocks read, in units of 4 bytes. */
const blockFirstField = 4;
const pairsField = 4;
const membershipField = 8;

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
  writeColumns(blocks.blockColumns, plan, blockAddresses.blockColumns, buffer);
  writeSourceColumns(plan, addresses, blocks, blockAddresses, buffer);
  writeNetworks(plan, addresses, blocks, blockAddresses, buffer);
}

function writeSourceColumns(
  { splits }: EnsemblePlan,
  addresses: PlanAddresses,
  blocks: BlockPlan,
  { memberships }: BlockAddresses,
  buffer: ArrayBufferLike,
): void {
  const first = firstColumns(blocks.blockColumns, splits.sources.length);
  const words = recordSizes.source / 4;
  const fields = new Uint32Array(buffer, addresses.sources, splits.sources.length * words);
  for (const [index, source] of splits.sources.entries()) {
    const range = first.subarray(index, index + 2);
    fields.set(range, index * words + blockFirstField);
    if (!('bits' in source)) continue;
    const address = memberships[index] as number;
    fields[index * words + membershipField] = address;
    const columns = blocks.blockColumns.columns.slice(range[0], range[1]);
    writeMembership(source, columns, new Uint8Array(buffer, address));
  }
}

/** Turns the sets of the columns around: for each code, a bit a column. */
function writeMembership(
  { categories, bits }: CategorySource,
  columns: readonly CodeColumn[],
  target: Uint8Array,
): void {
  const stride = setBytes(categories);
  const width = (columns.length + 7) >> 3;
  for (const [index, { offset: set }] of columns.entries()) {
    for (let code = 0; code < categories.length + 2; code++) {
      if ((((bits[set * stride + (code >> 3)] as number) >> (code & 7)) & 1) === 0) continue;
      const at = code * width + (index >> 3);
      target[at] = (target[at] as number) | (1 << (index & 7));
    }
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
