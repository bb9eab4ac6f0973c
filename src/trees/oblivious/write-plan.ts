/** Writes an ensemble as the records that the kernel reads. */
import type { Arena } from './arena.ts';
import type { BinnedEnsemble } from './binned-ensemble.ts';
import { layGrid } from './border-grid.ts';
import { blockRows, recordSizes } from './layout.ts';
import { type BinSource, listSources, type SourceList } from './list-sources.ts';
import { writeRowGroups } from './write-row-groups.ts';
import { writeStatistics } from './write-statistics.ts';
import { writeSymmetricTrees, writeWalkedTrees } from './write-trees.ts';

/** Where the plan stands, and the scratch that a call needs. */
export interface PlacedPlan {
  readonly address: number;
  readonly scratchBytes: number;
}

/** Places all records of an ensemble in the arena. */
export function writePlan(ensemble: BinnedEnsemble, arena: Arena): PlacedPlan {
  const list = listSources(ensemble);
  const isSymmetric = ensemble.trees.kind === 'symmetric';
  const trees =
    ensemble.trees.kind === 'symmetric'
      ? writeSymmetricTrees(ensemble, ensemble.trees, list, arena)
      : writeWalkedTrees(ensemble, ensemble.trees, list, arena);
  const columns = list.sources.length * blockRows;
  const hashes = columns + ensemble.statistics.length * blockRows * 4;
  const leaves = hashes + blockRows * 8;
  const fields = Uint32Array.of(
    writeSources(list, arena),
    list.plainCount,
    list.sources.length,
    writeStatistics(ensemble.statistics, list, arena),
    ensemble.statistics.length,
    trees.address,
    trees.count,
    isSymmetric ? 0 : 1,
    ensemble.outputCount,
    columns,
    hashes,
    leaves,
    ensemble.trees.kind === 'symmetric' ? writeRowGroups(ensemble, ensemble.trees, list, arena) : 0,
    Math.ceil(list.sources.length / 16),
  );
  return { address: arena.place(fields), scratchBytes: leaves + blockRows * 4 };
}

function writeSources({ sources }: SourceList, arena: Arena): number {
  const records = new DataView(new ArrayBuffer(sources.length * recordSizes.source));
  for (const [i, source] of sources.entries()) {
    const { list, half } = searchList(source);
    const { kind, column } = source;
    const at = i * recordSizes.source;
    const fields = [kind, column, arena.place(list), source.list.length, half, missingBin(source)];
    for (const [k, value] of fields.entries()) records.setUint32(at + k * 4, value, true);
    const grid = source.list instanceof Float32Array ? layGrid(source.list) : undefined;
    if (grid === undefined) continue;
    records.setUint32(at + 24, arena.place(grid.below), true);
    records.setUint32(at + 28, grid.steps, true);
    records.setFloat32(at + 32, grid.start, true);
    records.setFloat32(at + 36, grid.scale, true);
  }
  return arena.place(records);
}

/** Room behind the borders for the steps of a grid. */
const spareBorders = 8;

/** Borders filled up with infinity to a power of two minus one, and more; a category list as it is. */
function searchList({ list }: BinSource): { list: Float32Array | Int32Array; half: number } {
  if (list instanceof Int32Array) return { list, half: 0 };
  let half = 1;
  while (half * 2 <= list.length) half *= 2;
  const filled = new Float32Array(half * 2 - 1 + spareBorders).fill(Infinity);
  filled.set(list);
  return { list: filled, half };
}

/** One more than the bin of missing values; 0 where they are below all borders. */
function missingBin({ list, missing }: BinSource): number {
  if (missing === 'below') return 0;
  let finite = 0;
  for (const border of list) if (border < Infinity) finite += 1;
  return finite + 1;
}
