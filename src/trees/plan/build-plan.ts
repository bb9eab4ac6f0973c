/** Compiles a validated ensemble to the tables that the kernel reads. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { assignColumns, type ColumnPlan } from './assign-columns.ts';
import { type SegmentKind, segmentKinds } from './layout.ts';
import { numberLeaves, type NumberedLeaves } from './number-leaves.ts';
import { orderNodes, type PackedNodes } from './order-nodes.ts';
import { maxNetworkLeaves, packNetwork, type TreeNetwork } from './pack-network.ts';
import { type RankedSplits, rankSplits } from './rank-splits.ts';

/** Everything the kernel needs to know of an ensemble. */
export interface EnsemblePlan {
  readonly ensemble: TreeEnsemble;
  readonly nodes: PackedNodes;
  readonly leaves: NumberedLeaves;
  readonly splits: RankedSplits;
  /** Codes of one byte, rows of a block side by side, for networks. */
  readonly blockColumns: ColumnPlan;
  /** Codes of two bytes, columns of a row side by side, for walks. */
  readonly walkColumns: ColumnPlan;
  /** How each tree is evaluated in a block. */
  readonly kinds: readonly SegmentKind[];
  /** Network of each tree of that kind. */
  readonly networks: ReadonlyMap<number, TreeNetwork>;
}

/** Thresholds that a code of one byte, or of two, tells apart. */
const blockColumnWidth = 255;
const walkColumnWidth = 65_535;
/** Columns of one byte beyond which encoding costs more than networks save. */
const mostBlockColumns = 2048;

/** Compiles the ensemble; it must have passed `validateEnsemble`. */
export function buildPlan(ensemble: TreeEnsemble): EnsemblePlan {
  const nodes = orderNodes(ensemble);
  const leaves = numberLeaves(ensemble, nodes);
  const splits = rankSplits(ensemble, nodes);
  const walkColumns = assignColumns(ensemble, nodes, splits, walkColumnWidth, () => true);
  let kinds = ensemble.trees.map((_, tree) => chooseKind(leaves, tree));
  let blockColumns = assignBlockColumns(ensemble, nodes, splits, kinds);
  if (blockColumns.columns.length > mostBlockColumns) {
    kinds = kinds.map((kind) => (kind === segmentKinds.network ? segmentKinds.walk : kind));
    blockColumns = assignBlockColumns(ensemble, nodes, splits, kinds);
  }
  const networks = new Map<number, TreeNetwork>();
  for (const [tree, kind] of kinds.entries()) {
    if (kind !== segmentKinds.network) continue;
    networks.set(tree, packNetwork(tree, nodes, leaves, blockColumns));
  }
  return { ensemble, nodes, leaves, splits, blockColumns, walkColumns, kinds, networks };
}

function assignBlockColumns(
  ensemble: TreeEnsemble,
  nodes: PackedNodes,
  splits: RankedSplits,
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
