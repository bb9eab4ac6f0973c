/** A tree as a network: records of all its splits, children first, for evaluation of many rows at a time. */
import type { BlockPlan } from './build-block-plan.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { blockRows, recordSizes } from './layout.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';

/** Leaves that a network can tell apart. */
export const maxNetworkLeaves: number = 256;
/** Slots 0 to 255 hold the numbers of leaves; those of splits follow. */
const firstSplitSlot = 256;
/** Slot of each node of the tree at hand, counted from its root. */
const slots = new Uint16Array(2 * maxNetworkLeaves);

/** Splits of a tree above two leaves: the network's pairs. The other splits are its joins. */
export function countPairs(nodes: PackedNodes, tree: number): number {
  const end = nodes.firstNode[tree + 1] as number;
  let count = 0;
  for (let at = nodes.firstNode[tree] as number; at < end; at++) {
    const child = nodes.child[at] as number;
    if (child !== at && !isSplit(nodes, child) && !isSplit(nodes, child + 1)) count++;
  }
  return count;
}

/**
 * Writes the records of a tree of 2 to 256 leaves. The value of a pair is its left leaf, plus one where
 * the row goes right; that of a join is the value of one of two slots. Codes and thresholds of one byte
 * are stored minus 128.
 *
 * @param pairs byte address of the first pair
 * @param joins byte address of the first join
 * @returns the slot that holds the leaf of each row in the end
 */
export function writeNetwork(
  { nodes, leaves }: EnsemblePlan,
  { blockColumns }: BlockPlan,
  tree: number,
  [pairs, joins]: readonly [number, number],
  view: DataView,
): number {
  const first = nodes.firstNode[tree] as number;
  const firstLeaf = leaves.firstLeaf[tree] as number;
  let pair = pairs;
  let join = joins;
  let slot = firstSplitSlot;
  // Children stand behind their parents, so the way back meets them first.
  for (let at = (nodes.firstNode[tree + 1] as number) - 1; at >= first; at--) {
    if (!isSplit(nodes, at)) {
      slots[at - first] = (leaves.leafOf[at] as number) - firstLeaf;
      continue;
    }
    const child = (nodes.child[at] as number) - first;
    const left = slots[child] as number;
    const right = slots[child + 1] as number;
    const isPair = left < firstSplitSlot && right < firstSplitSlot;
    const record = isPair ? pair : join;
    view.setUint16(record, blockColumns.column[at] as number, true);
    view.setInt8(record + 2, (blockColumns.threshold[at] as number) - 128);
    if (isPair) {
      view.setUint8(record + 3, left);
      view.setUint16(record + 4, slot * blockRows, true);
      pair += recordSizes.pair;
    } else {
      view.setUint16(record + 4, left * blockRows, true);
      view.setUint16(record + 6, right * blockRows, true);
      view.setUint16(record + 8, slot * blockRows, true);
      join += recordSizes.join;
    }
    slots[at - first] = slot++;
  }
  return slots[0] as number;
}
