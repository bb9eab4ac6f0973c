/** Compiles the tables with which blocks of rows are scored: a third of a start, so made when the first block comes. */
import { assignColumns, type ColumnPlan } from './assign-columns.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { type SegmentKind, segmentKinds } from './layout.ts';
import type { NumberedLeaves } from './number-leaves.ts';
import { maxNetworkLeaves, packNetwork, type TreeNetwork } from './pack-network.ts';

/** What the kernel needs besides to score blocks. */
export interface BlockPlan {
  /** Codes of one byte, rows of a block side by side, for networks. */
  readonly blockColumns: ColumnPlan;
  /** How each tree is evaluated in a block. */
  readonly kinds: readonly SegmentKind[];
  /** Network of each tree of that kind. */
  readonly networks: ReadonlyMap<number, TreeNetwork>;
}

/** Thresholds that a code of one byte tells apart. */
const blockColumnWidth = 255;
/** Columns of one byte beyond which encoding costs more than networks save. */
const mostBlockColumns = 2048;

/** Compiles the tables of blocks. */
export function buildBlockPlan(plan: EnsemblePlan): BlockPlan {
  const { ensemble, nodes, leaves } = plan;
  const kinds = ensemble.trees.map((_, tree) => chooseKind(leaves, tree));
  const blockColumns = assignBlockColumns(plan, kinds);
  if (blockColumns.columns.length > mostBlockColumns) return walkAll(plan, kinds);
  const networks = new Map<number, TreeNetwork>();
  for (const [tree, kind] of kinds.entries()) {
    if (kind !== segmentKinds.network) continue;
    networks.set(tree, packNetwork(tree, nodes, leaves, blockColumns));
  }
  return { blockColumns, kinds, networks };
}

/** Blocks without networks: every tree that splits is walked. */
export function walkAll(plan: EnsemblePlan, wanted: readonly SegmentKind[]): BlockPlan {
  const kinds = wanted.map((kind) => (kind === segmentKinds.network ? segmentKinds.walk : kind));
  return { blockColumns: assignBlockColumns(plan, kinds), kinds, networks: new Map() };
}

function assignBlockColumns(
  { ensemble, nodes, splits }: EnsemblePlan,
  kinds: readonly SegmentKind[],
): ColumnPlan {
  const inNetwork = (tree: number): boolean => kinds[tree] === segmentKinds.network;
  return assignColumns(ensemble, nodes, splits, blockColumnWidth, inNetwork);
}

/** A network evaluates every split once for sixteen rows; a walk visits one split a level and row. */
function chooseKind(leaves: NumberedLeaves, tree: number): SegmentKind {
  const leafCount = (leaves.firstLeaf[tree + 1] as number) - (leaves.firstLeaf[tree] as number);
  if (leafCount === 1) return segmentKinds.constant;
  return leafCount <= maxNetworkLeaves ? segmentKinds.network : segmentKinds.walk;
}
