/** Features → sources of one column of bins each, and conditions → comparisons with a bin. */
import type { BinnedEnsemble } from './binned-ensemble.ts';
import { bordersPerSource, sourceKinds } from './layout.ts';

/** What fills one column of bins. */
export interface BinSource {
  readonly kind: (typeof sourceKinds)[keyof typeof sourceKinds];
  /** Column of its input: of floats, of statistics or of categories. */
  readonly column: number;
  readonly list: Float32Array | Int32Array;
  readonly missing: 'below' | 'above';
}

/** True where the bin of column `source` is at least `bin`, or equal to it. */
export interface BinCondition {
  readonly source: number;
  readonly bin: number;
  readonly isEqual: boolean;
}

/** Sources in the order of their columns of bins; those before `plainCount` need the input only. */
export interface SourceList {
  readonly sources: readonly BinSource[];
  readonly plainCount: number;
  readonly conditions: readonly BinCondition[];
}

/** Lists the sources of an ensemble. A feature of many borders becomes several. */
export function listSources(ensemble: BinnedEnsemble): SourceList {
  const sources: BinSource[] = [];
  const conditions: BinCondition[] = [];
  const add = (source: Omit<BinSource, 'list'>, list: Float32Array | Int32Array): void => {
    for (let first = 0; first < list.length; first += bordersPerSource) {
      const part = list.subarray(first, first + bordersPerSource);
      const isEqual = source.kind === sourceKinds.category;
      for (let bin = 1; bin <= part.length; bin += 1) {
        conditions.push({ source: sources.length, bin, isEqual });
      }
      sources.push({ ...source, list: part });
    }
  };
  for (const [column, { borders, missing }] of ensemble.features.entries()) {
    add({ kind: sourceKinds.float, column, missing }, borders);
  }
  for (const { column, values } of ensemble.categories) {
    add({ kind: sourceKinds.category, column, missing: 'below' }, values);
  }
  const plainCount = sources.length;
  for (const [column, { borders }] of ensemble.statistics.entries()) {
    add({ kind: sourceKinds.statistic, column, missing: 'below' }, borders);
  }
  return { sources, plainCount, conditions };
}
