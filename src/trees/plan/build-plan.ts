/** Compiles a validated ensemble to the tables that walks of single rows read; those of blocks come later. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { assignColumns, type ColumnPlan } from './assign-columns.ts';
import { numberLeaves, type NumberedLeaves } from './number-leaves.ts';
import { orderNodes, type PackedNodes } from './order-nodes.ts';
import { type RankedSplits, rankSplits, type RankSource } from './rank-splits.ts';

/** What the kernel needs to know of an ensemble to walk it. */
export interface EnsemblePlan {
  readonly ensemble: TreeEnsemble;
  readonly nodes: PackedNodes;
  readonly leaves: NumberedLeaves;
  readonly splits: RankedSplits;
  /** Codes of two bytes, columns of a row side by side. */
  readonly walkColumns: ColumnPlan;
}

/** Thresholds that a code of two bytes tells apart, and sets that two bytes of a node do. */
const walkColumnWidths = { thresholds: 65_535, sets: 65_535 } as const;

/** Compiles the ensemble; it must have passed `validateEnsemble`. */
export function buildPlan(ensemble: TreeEnsemble): EnsemblePlan {
  const nodes = orderNodes(ensemble);
  const leaves = numberLeaves(ensemble, nodes);
  const splits = rankSplits(ensemble, nodes);
  const columns = assignColumns(ensemble, nodes, splits, walkColumnWidths, () => true);
  const walkColumns = startWithNumbers(columns, splits);
  return { ensemble, nodes, leaves, splits, walkColumns };
}

/** Leaves compare the first column with a number that no code exceeds, so it must not be one for sets. */
function startWithNumbers(plan: ColumnPlan, { sources }: RankedSplits): ColumnPlan {
  const [first] = plan.columns;
  if (first === undefined || 'thresholds' in (sources[first.source] as RankSource)) return plan;
  return {
    columns: [{ source: first.source, offset: 0, missingRight: false }, ...plan.columns],
    column: plan.column.map((column) => column + 1),
    threshold: plan.threshold,
  };
}

/** First column of walks that is for sets; the number of columns where there is none. */
export function firstSetColumn({ splits, walkColumns: { columns } }: EnsemblePlan): number {
  const found = columns.findIndex(
    ({ source }, i) => i > 0 && 'categories' in (splits.sources[source] as RankSource),
  );
  return found === -1 ? columns.length : found;
}
