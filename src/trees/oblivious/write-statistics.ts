/** Records of the statistics, their hash tables and what their hashes are made of. */
import type { Arena } from './arena.ts';
import type { CountTable, HashPart, StatisticFeature } from './binned-ensemble.ts';
import { partKinds, recordSizes, statisticKinds } from './layout.ts';
import type { BinCondition, SourceList } from './list-sources.ts';

/** Addresses of a table's two arrays. */
interface PlacedTable {
  readonly buckets: number;
  readonly values: number;
}

/** Places all statistics; a table that several share is placed once. Returns the address of their records. */
export function writeStatistics(
  statistics: readonly StatisticFeature[],
  list: SourceList,
  arena: Arena,
): number {
  const records = new DataView(new ArrayBuffer(statistics.length * recordSizes.statistic));
  const tables = new Map<CountTable, PlacedTable>();
  for (const [i, statistic] of statistics.entries()) {
    const { table } = statistic;
    const placed = tables.get(table) ?? {
      buckets: arena.place(table.buckets),
      values: arena.place(table.values),
    };
    tables.set(table, placed);
    const sameParts = statistics[i - 1]?.parts === statistic.parts ? 1 : 0;
    const parts = sameParts === 1 ? 0 : writeParts(statistic.parts, list, arena);
    const mask = table.buckets.length / recordSizes.bucket - 1;
    const at = i * recordSizes.statistic;
    const { buckets, values } = placed;
    const integers = [parts, statistic.parts.length, sameParts, buckets, mask, values];
    for (const [k, value] of integers.entries()) records.setUint32(at + k * 4, value, true);
    writeFormula(records, at + integers.length * 4, statistic);
    records.setUint32(at + 56, i, true);
  }
  return arena.place(records);
}

function writeFormula(view: DataView, at: number, statistic: StatisticFeature): void {
  const { table } = statistic;
  const kind = table.kind === 'classes' ? statistic.share : table.kind;
  const integers = [statisticKinds[kind], table.classCount, statistic.target, table.denominator];
  for (const [k, value] of integers.entries()) view.setInt32(at + k * 4, value, true);
  const { priorNumerator, priorDenominator, shift, scale } = statistic;
  const floats = [priorNumerator, priorDenominator, shift, scale];
  for (const [k, value] of floats.entries()) view.setFloat32(at + 16 + k * 4, value, true);
}

function writeParts(parts: readonly HashPart[], list: SourceList, arena: Arena): number {
  const fields = parts.flatMap((part) => {
    if (part.kind === 'category') return [partKinds.category, part.column, 0];
    const { source, bin, isEqual } = list.conditions[part.condition] as BinCondition;
    return [isEqual ? partKinds.equal : partKinds.atLeast, source, bin];
  });
  return arena.place(Uint32Array.from(fields));
}
