/** A tree as a network: all its splits, children first, for evaluation of many rows at a time. */
import type { ColumnPlan } from './assign-columns.ts';
import type { NumberedLeaves } from './number-leaves.ts';
import { isSplit, type PackedNodes } from './order-nodes.ts';

/** A split above two leaves: its value is `leaf`, plus one where the row goes right. */
export interface PairRecord {
  readonly column: number;
  readonly threshold: number;
  readonly leaf: number;
  readonly slot: number;
}

/** Any other split: its value is that of the slot `left` or `right`. */
export interface JoinRecord {
  readonly column: number;
  readonly threshold: number;
  readonly left: number;
  readonly right: number;
  readonly slot: number;
}

/** Records of a tree in the order of evaluation; `rootSlot` then holds the leaf of each row. */
export interface TreeNetwork {
  readonly pairs: readonly PairRecord[];
  readonly joins: readonly JoinRecord[];
  readonly rootSlot: number;
}

/** Leaves that a network can tell apart. */
export const maxNetworkLeaves: number = 256;
/** Slots 0 to 255 hold the numbers of leaves; those of splits follow. */
const firstSplitSlot = 256;

/** Packs tree `tree`, which has 2 to 256 leaves. */
export function packNetwork(
  tree: number,
  nodes: PackedNodes,
  leaves: NumberedLeaves,
  plan: ColumnPlan,
): TreeNetwork {
  const first = nodes.firstNode[tree] as number;
  const end = nodes.firstNode[tree + 1] as number;
  const firstLeaf = leaves.firstLeaf[tree] as number;
  const slots = new Uint16Array(end - first);
  const pairs: PairRecord[] = [];
  const joins: JoinRecord[] = [];
  // Children stand behind their parents, so the way back meets them first.
  for (let at = end - 1; at >= first; at--) {
    if (!isSplit(nodes, at)) {
      slots[at - first] = (leaves.leafOf[at] as number) - firstLeaf;
      continue;
    }
    const child = (nodes.child[at] as number) - first;
    const left = slots[child] as number;
    const right = slots[child + 1] as number;
    const slot = firstSplitSlot + pairs.length + joins.length;
    const split = {
      column: plan.column[at] as number,
      threshold: plan.threshold[at] as number,
      slot,
    };
    if (left < firstSplitSlot && right < firstSplitSlot) pairs.push({ ...split, leaf: left });
    else joins.push({ ...split, left, right });
    slots[at - first] = slot;
  }
  return { pairs, joins, rootSlot: slots[0] as number };
}
