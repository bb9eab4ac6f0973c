/** Compiles the tables with which blocks of rows are scored: a third of a start, so made when the first block comes. */
import type { TreeEnsemble } from '../tree-ensemble.ts';
import { assignColumns, type ColumnPlan } from './assign-columns.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { type SegmentKind, segmentKinds } from './layout.ts';
import type { NumberedLeaves } from './number-leaves.ts';
import type { RankSource } from './rank-splits.ts';
import { countPairs, maxNetworkLeaves } from './write-network.ts';

/** What the kernel needs besides to score blocks. */
export interface BlockPlan {
  /** Codes of one byte, rows of a block side by side, for networks. */
  readonly blockColumns: ColumnPlan;
  /** How each tree is evaluated in a block. */
  readonly kinds: readonly SegmentKind[];
  /** Splits above two leaves of each tree whose kind is a network; 0 for the others. */
  readonly pairCounts: Uint8Array;
}

/** Thresholds that a code of one byte tells apart; a set takes a column. */
const blockColumnWidths = { thresholds: 255, sets: 1 } as const;
/** Columns of one byte beyond which encoding costs more than networks save. */
const mostNumericColumns = 2048;
/** Likewise for sets, whose columns are cheap (eight are made at once): a record numbers columns by two bytes. */
const mostSetColumns = 63_000;

/** Compiles the tables of blocks. */
export function buildBlockPlan(plan: EnsemblePlan): BlockPlan {
  const { ensemble, nodes, leaves } = plan;
  let kinds: readonly SegmentKind[] = ensemble.trees.map((_, tree) => chooseKind(leaves, tree));
  let blockColumns = assignBlockColumns(plan, kinds);
  const sets = countSetColumns(plan, blockColumns);
  if (blockColumns.columns.length - sets > mostNumericColumns) return walkAll(plan, kinds);
  if (sets > mostSetColumns) {
    kinds = kinds.map((kind, tree) =>
      kind === segmentKinds.network && hasSets(ensemble, tree) ? segmentKinds.walk : kind,
    );
    blockColumns = assignBlockColumns(plan, kinds);
  }
  const pairCounts = Uint8Array.from(kinds, (kind, tree) =>
    kind === segmentKinds.network ? countPairs(nodes, tree) : 0,
  );
  return { blockColumns, kinds, pairCounts };
}

function countSetColumns({ splits }: EnsemblePlan, { columns }: ColumnPlan): number {
  return columns.filter(({ source }) => 'bits' in (splits.sources[source] as RankSource)).length;
}

function hasSets(ensemble: TreeEnsemble, tree: number): boolean {
  return (ensemble.trees[tree]?.categories?.size ?? 0) > 0;
}

/** Blocks without networks: every tree that splits is walked. */
export function walkAll(plan: EnsemblePlan, wanted: readonly SegmentKind[]): BlockPlan {
  const kinds = wanted.map((kind) => (kind === segmentKinds.network ? segmentKinds.walk : kind));
  const pairCounts = new Uint8Array(kinds.length);
  return { blockColumns: assignBlockColumns(plan, kinds), kinds, pairCounts };
}

function assignBlockColumns(
  { ensemble, nodes, splits }: EnsemblePlan,
  kinds: readonly SegmentKind[],
): ColumnPlan {
  const inNetwork = (tree: number): boolean => kinds[tree] === segmentKinds.network;
  return assignColumns(ensemble, nodes, splits, blockColumnWidths, inNetwork);
}

/** A network evaluates every split once for sixteen rows; a walk visits one split a level and row. */
function chooseKind(leaves: NumberedLeaves, tree: number): SegmentKind {
  const leafCount = (leaves.firstLeaf[tree + 1] as number) - (leaves.firstLeaf[tree] as number);
  if (leafCount === 1) return segmentKinds.constant;
  return leafCount <= maxNetworkLeaves ? segmentKinds.network : segmentKinds.walk;
}
