/** Records of the trees: splits and leaf values, or nodes. */
import type { Arena } from './arena.ts';
import type { BinnedEnsemble, SymmetricTrees, WalkedTrees } from './binned-ensemble.ts';
import { blockRows, recordSizes } from './layout.ts';
import type { BinCondition, SourceList } from './list-sources.ts';

/** Trees in the arena. */
interface PlacedTrees {
  readonly address: number;
  readonly count: number;
}

/** Bins are held minus 128. */
const bias = 0x80;

/** Splits, the highest bit first, then one record a tree. */
export function writeSymmetricTrees(
  { leafValues, outputCount }: BinnedEnsemble,
  { conditions, starts }: SymmetricTrees,
  list: SourceList,
  arena: Arena,
): PlacedTrees {
  const count = starts.length - 1;
  const splits = new DataView(new ArrayBuffer(conditions.length * recordSizes.split));
  const splitsAddress = arena.place(splits);
  const records = new Uint32Array(count * 3);
  let leaves = arena.place(leafValues);
  for (let tree = 0; tree < count; tree += 1) {
    const start = starts[tree] as number;
    const depth = (starts[tree + 1] as number) - start;
    for (let level = 0; level < depth; level += 1) {
      const condition = list.conditions[conditions[start + level] as number] as BinCondition;
      writeSplit(splits, (start + depth - 1 - level) * recordSizes.split, condition);
    }
    records.set([splitsAddress + start * recordSizes.split, depth, leaves], tree * 3);
    leaves += 2 ** depth * outputCount * 8;
  }
  return { address: arena.place(records), count };
}

/** "At least" becomes a signed "greater than". */
function writeSplit(view: DataView, at: number, { source, bin, isEqual }: BinCondition): void {
  view.setUint32(at, source * blockRows, true);
  view.setUint8(at + 4, (isEqual ? bin : bin - 1) ^ bias);
  view.setUint8(at + 5, isEqual ? 1 : 0);
}

/** Nodes, then the addresses of the roots. */
export function writeWalkedTrees(
  { leafValues }: BinnedEnsemble,
  trees: WalkedTrees,
  list: SourceList,
  arena: Arena,
): PlacedTrees {
  const nodes = new DataView(new ArrayBuffer(trees.left.length * recordSizes.node));
  const nodesAddress = arena.place(nodes);
  const leaves = arena.place(leafValues);
  const addressOf = (node: number | undefined): number =>
    nodesAddress + (node as number) * recordSizes.node;
  for (let node = 0; node < trees.left.length; node += 1) {
    const at = node * recordSizes.node;
    nodes.setUint32(at, addressOf(trees.left[node]), true);
    nodes.setUint32(at + 4, addressOf(trees.right[node]), true);
    nodes.setUint32(at + 8, leaves + (trees.firstValues[node] as number) * 8, true);
    if (trees.left[node] === node) continue;
    const condition = list.conditions[trees.conditions[node] as number] as BinCondition;
    writeNodeCondition(nodes, at, condition);
  }
  const roots = Uint32Array.from(trees.roots, addressOf);
  return { address: arena.place(roots), count: roots.length };
}

/** "Equal" becomes "at least 255" of the bin with the bits of the other value flipped. */
function writeNodeCondition(view: DataView, at: number, condition: BinCondition): void {
  const { source, bin, isEqual } = condition;
  view.setUint16(at + 12, source, true);
  view.setUint8(at + 14, isEqual ? 0xff : bin);
  view.setUint8(at + 15, isEqual ? bias ^ (~bin & 0xff) : bias);
}
