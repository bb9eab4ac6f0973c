/** Compiles a validated ensemble to the tables that walks of single rows read; those of blocks come later. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { assignColumns, type ColumnPlan } from './assign-columns.ts';
import { numberLeaves, type NumberedLeaves } from './number-leaves.ts';
import { orderNodes, type PackedNodes } from './order-nodes.ts';
import { type RankedSplits, rankSplits } from './rank-splits.ts';

/** What the kernel needs to know of an ensemble to walk it. */
export interface EnsemblePlan {
  readonly ensemble: TreeEnsemble;
  readonly nodes: PackedNodes;
  readonly leaves: NumberedLeaves;
  readonly splits: RankedSplits;
  /** Codes of two bytes, columns of a row side by side. */
  readonly walkColumns: ColumnPlan;
}

/** Thresholds that a code of two bytes tells apart. */
const walkColumnWidth = 65_535;

/** Compiles the ensemble; it must have passed `validateEnsemble`. */
export function buildPlan(ensemble: TreeEnsemble): EnsemblePlan {
  const nodes = orderNodes(ensemble);
  const leaves = numberLeaves(ensemble, nodes);
  const splits = rankSplits(ensemble, nodes);
  const walkColumns = assignColumns(ensemble, nodes, splits, walkColumnWidth, () => true);
  return { ensemble, nodes, leaves, splits, walkColumns };
}
