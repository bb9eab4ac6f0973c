/** Target statistics (CTRs) of a model → statistics of the ensemble, every size checked. */
import type {
  CountTable,
  HashPart,
  StatisticFeature,
} from '../../trees/oblivious/binned-ensemble.ts';
import type { CatboostModel, CtrBase, CtrFeature, CtrTable } from './catboost-model.ts';
import { checkBorders } from './check-borders.ts';
import type { ConditionNumbers } from './feature-conditions.ts';
import { invalidModelFile } from './model-error.ts';

const bucketBytes = 12;

/**
 * Resolves the statistics of a model.
 *
 * @param columnOf column of the category matrix by index of the categorical feature
 * @throws MODEL_FILE_INVALID
 */
export function buildStatistics(
  model: CatboostModel,
  conditions: ConditionNumbers,
  columnOf: ReadonlyMap<number, number>,
): readonly StatisticFeature[] {
  const tables = new Map(model.ctrTables.map((table) => [keyOf(table.base), table]));
  const built = new Map<CtrTable, CountTable>();
  const parts = new Map<string, readonly HashPart[]>();
  return model.ctrFeatures.map((feature) => {
    const table = tables.get(keyOf(feature.base));
    if (table === undefined) throw invalidModelFile('a table of target statistics is missing');
    const count = built.get(table) ?? buildTable(table);
    built.set(table, count);
    const key = JSON.stringify(feature.base.projection);
    const hashed = parts.get(key) ?? listParts(feature.base, conditions, columnOf);
    parts.set(key, hashed);
    checkBorders(feature.borders);
    return buildStatistic(feature, count, hashed);
  });
}

function buildStatistic(
  feature: CtrFeature,
  table: CountTable,
  parts: readonly HashPart[],
): StatisticFeature {
  const { borders, priorNumerator, priorDenominator, shift, scale } = feature;
  return {
    borders,
    parts,
    table,
    share: feature.base.type === 'Buckets' ? 'class' : 'above',
    target: targetOf(feature, table),
    priorNumerator,
    priorDenominator,
    shift,
    scale,
  };
}

/** With two classes, CatBoost takes the second whatever border the file names. Source: static_ctr_provider.cpp. */
function targetOf(feature: CtrFeature, { kind, classCount }: CountTable): number {
  if (kind !== 'classes') return 0;
  const { type } = feature.base;
  if (type === 'Borders' && classCount === 2) return 0;
  const last = type === 'Buckets' ? classCount - 1 : classCount - 2;
  const { targetBorder } = feature;
  if (targetBorder >= 0 && targetBorder <= last) return targetBorder;
  throw invalidModelFile('a target statistic asks for a class that is not counted');
}

function listParts(
  { projection }: CtrBase,
  conditions: ConditionNumbers,
  columnOf: ReadonlyMap<number, number>,
): readonly HashPart[] {
  const categories = projection.categories.map((index): HashPart => {
    const column = columnOf.get(index);
    if (column === undefined) throw invalidModelFile(`no categorical feature has index ${index}`);
    return { kind: 'category', column };
  });
  const floats = projection.floatSplits.map(({ index, border }) => conditions.above(index, border));
  const oneHots = projection.oneHotSplits.map(({ index, value }) => conditions.equal(index, value));
  const asked = [...floats, ...oneHots].map((condition): HashPart => ({
    kind: 'condition',
    condition,
  }));
  return [...categories, ...asked];
}

function keyOf({ projection, type, targetBorderClassifier }: CtrBase): string {
  return JSON.stringify([projection, type, targetBorderClassifier]);
}

function buildTable(table: CtrTable): CountTable {
  const { type } = table.base;
  const kind = type.endsWith('MeanValue')
    ? 'mean'
    : type === 'Counter' || type === 'FeatureFreq'
      ? 'count'
      : 'classes';
  const classCount = kind === 'classes' ? table.classCount : 1;
  const fewest = type === 'Borders' ? 2 : 1;
  if (kind === 'classes' && !(classCount >= fewest && classCount <= 0xffff)) {
    throw invalidModelFile(`a table of target statistics counts ${classCount} classes`);
  }
  const { buckets, values, denominator } = table;
  checkBuckets(buckets, Math.floor(values.length / (kind === 'mean' ? 8 : 4 * classCount)));
  return { buckets, values, kind, classCount, denominator };
}

/** A power of two of buckets, of which one is empty, and indexes that are counted. */
function checkBuckets(buckets: Uint8Array, valueCount: number): void {
  const count = buckets.length / bucketBytes;
  if (!Number.isInteger(Math.log2(count))) {
    throw invalidModelFile(`a hash table has ${buckets.length} bytes`);
  }
  const view = new DataView(buckets.buffer, buckets.byteOffset, buckets.length);
  let isFull = true;
  for (let at = 0; at < buckets.length; at += bucketBytes) {
    const isEmpty =
      view.getUint32(at, true) === 0xffffffff && view.getUint32(at + 4, true) === 0xffffffff;
    if (isEmpty) isFull = false;
    else if (view.getUint32(at + 8, true) >= valueCount) {
      throw invalidModelFile('a hash table points outside of its counts');
    }
  }
  if (isFull) throw invalidModelFile('a hash table has no empty bucket');
}
