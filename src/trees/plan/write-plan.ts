/** Writes a plan to linear memory. Sizes are known before any memory is taken. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ColumnPlan } from './assign-columns.ts';
import type { EnsemblePlan } from './build-plan.ts';
import {
  AddressRange,
  blockRows,
  planFields,
  planFlags,
  recordSizes,
  scratchHeaderBytes,
  scratchLeafBytes,
  scratchSlotBytes,
  sourceKinds,
} from './layout.ts';
import { isSplit } from './order-nodes.ts';
import type { RankSource } from './rank-splits.ts';

/** Where the tables of a plan stand; byte addresses. */
export interface PlanAddresses {
  readonly plan: number;
  readonly sources: number;
  /** Threshold list or bit set of each source. */
  readonly lists: readonly number[];
  readonly blockColumns: number;
  readonly walkColumns: number;
  readonly trees: number;
  readonly nodes: number;
  readonly leafOf: number;
  readonly leafValues: number;
  readonly leafNodes: number;
  readonly base: number;
  readonly records: number;
  readonly end: number;
}

/** Columns of two bytes whose offset fits the 16 bits that a node has for it. */
const mostWalkColumns = 32_768;
/** Most bytes of a plan: the rest of the 4 GiB belongs to rows and scratch. */
const mostPlanBytes = 3 * 2 ** 30;

/**
 * Gives every table its place.
 * @throws MODEL_NOT_NATIVE for an ensemble too large for 32-bit addresses or 16-bit columns.
 */
export function placePlan(plan: EnsemblePlan, start: number): PlanAddresses {
  const columns = plan.walkColumns.columns.length;
  if (columns > mostWalkColumns) {
    throw slipwayError(
      'MODEL_NOT_NATIVE',
      `The trees ask ${columns} different things of their features; the native kernel takes at most ${mostWalkColumns}.`,
      { details: { columns, limit: mostWalkColumns } },
    );
  }
  const range = new AddressRange(start);
  const addresses = {
    plan: range.take(recordSizes.plan),
    sources: range.take(plan.splits.sources.length * recordSizes.source),
    lists: plan.splits.sources.map((source) => range.take(listBytes(plan, source))),
    blockColumns: range.take(plan.blockColumns.columns.length * recordSizes.column),
    walkColumns: range.take(columns * recordSizes.column),
    trees: range.take(plan.ensemble.trees.length * recordSizes.tree),
    nodes: range.take(plan.nodes.child.length * recordSizes.node),
    leafOf: range.take(plan.leaves.leafOf.byteLength),
    leafValues: range.take(plan.leaves.values.byteLength),
    leafNodes: range.take(plan.leaves.original.byteLength),
    base: range.take(plan.ensemble.outputCount * 8),
    records: range.take(networkBytes(plan)),
  };
  if (range.end > mostPlanBytes) {
    throw slipwayError(
      'MODEL_NOT_NATIVE',
      `The trees take ${range.end} bytes, more than the native kernel can address.`,
      {
        details: { sizeBytes: range.end, limitBytes: mostPlanBytes },
      },
    );
  }
  return { ...addresses, end: range.end };
}

/** Entries of a sorted list filled up to a power of two minus one. */
function paddedLength(thresholds: number): number {
  return 2 ** Math.ceil(Math.log2(thresholds + 1)) - 1;
}

function listBytes(plan: EnsemblePlan, source: RankSource): number {
  if ('categories' in source) return setWords(source.categories) * 4;
  return (
    paddedLength(source.thresholds.length) * (plan.ensemble.thresholdType === 'float32' ? 4 : 8)
  );
}

function setWords(sorted: Uint32Array): number {
  return sorted.length === 0 ? 0 : ((sorted.at(-1) as number) >>> 5) + 1;
}

function networkBytes(plan: EnsemblePlan): number {
  let bytes = 0;
  for (const { pairs, joins } of plan.networks.values()) {
    bytes += pairs.length * recordSizes.pair + joins.length * recordSizes.join;
  }
  return bytes;
}

/** Bytes of the scratch of one thread. */
export function scratchBytes(plan: EnsemblePlan): number {
  return placeScratch(plan).end;
}

function placeScratch(
  plan: EnsemblePlan,
): Record<'codes' | 'rows' | 'slots' | 'leaves' | 'sums' | 'end', number> {
  const range = new AddressRange(0);
  range.take(scratchHeaderBytes);
  const places = {
    codes: range.take(plan.blockColumns.columns.length * blockRows),
    rows: range.take(walkStride(plan) * blockRows),
    slots: range.take(scratchSlotBytes),
    leaves: range.take(scratchLeafBytes),
    sums: range.take(plan.ensemble.outputCount * blockRows * 8),
  };
  return { ...places, end: range.end };
}

function walkStride(plan: EnsemblePlan): number {
  return Math.max(1, plan.walkColumns.columns.length) * 2;
}

/** Writes all tables. `buffer` reaches to `addresses.end` at least. */
export function writePlan(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  buffer: ArrayBufferLike,
): void {
  writeHeader(plan, addresses, buffer);
  writeSources(plan, addresses, buffer);
  writeColumns(plan.blockColumns, addresses.blockColumns, buffer);
  writeColumns(plan.walkColumns, addresses.walkColumns, buffer);
  writeTrees(plan, addresses, buffer);
  writeNodes(plan, addresses, buffer);
  const { leafOf, original, values } = plan.leaves;
  new Uint32Array(buffer, addresses.leafOf, leafOf.length).set(leafOf);
  new Int32Array(buffer, addresses.leafNodes, original.length).set(original);
  floatsAt(buffer, addresses.leafValues, values.length, plan.ensemble.sumType).set(values);
  const { baseScore, sumType } = plan.ensemble;
  floatsAt(buffer, addresses.base, baseScore.length, sumType).set(baseScore);
}

function floatsAt(
  buffer: ArrayBufferLike,
  address: number,
  length: number,
  type: 'float32' | 'float64',
): Float32Array | Float64Array {
  return type === 'float32'
    ? new Float32Array(buffer, address, length)
    : new Float64Array(buffer, address, length);
}

function writeHeader(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const { ensemble } = plan;
  const fields = new Uint32Array(buffer, addresses.plan, recordSizes.plan / 4);
  const scratch = placeScratch(plan);
  const wide = ensemble.thresholdType === 'float64';
  const values: Record<keyof typeof planFields, number> = {
    rowStride: ensemble.featureCount * (wide ? 8 : 4),
    sources: addresses.sources,
    sourceCount: plan.splits.sources.length,
    blockColumns: addresses.blockColumns,
    walkColumns: addresses.walkColumns,
    walkStride: walkStride(plan),
    trees: addresses.trees,
    nodes: addresses.nodes,
    leafOf: addresses.leafOf,
    leafValues: addresses.leafValues,
    leafNodes: addresses.leafNodes,
    outputCount: ensemble.outputCount,
    base: addresses.base,
    flags:
      (wide ? planFlags.wideFeatures : 0) |
      (ensemble.sumType === 'float64' ? planFlags.wideSums : 0) |
      (ensemble.trees[0]?.output === null ? planFlags.vectorLeaves : 0),
    scratchCodes: scratch.codes,
    scratchRows: scratch.rows,
    scratchSlots: scratch.slots,
    scratchLeaves: scratch.leaves,
    scratchSums: scratch.sums,
  };
  for (const [name, value] of Object.entries(values)) {
    fields[planFields[name as keyof typeof planFields]] = value;
  }
}

function writeSources(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const { ensemble, splits } = plan;
  const width = ensemble.thresholdType === 'float32' ? 4 : 8;
  const comparison = ensemble.comparison === '<' ? sourceKinds.atMost : sourceKinds.below;
  const blockFirst = firstColumns(plan.blockColumns, splits.sources.length);
  const walkFirst = firstColumns(plan.walkColumns, splits.sources.length);
  const fields = new Uint32Array(buffer, addresses.sources, splits.sources.length * 8);
  for (const [index, source] of splits.sources.entries()) {
    const list = addresses.lists[index] as number;
    const isSet = 'categories' in source;
    const length = isSet
      ? setWords(source.categories)
      : (paddedLength(source.thresholds.length) + 1) / 2;
    const columns = [
      blockFirst[index],
      blockFirst[index + 1],
      walkFirst[index],
      walkFirst[index + 1],
    ];
    const kind = isSet ? sourceKinds.category : comparison;
    fields.set([source.feature * width, list, length, kind, ...(columns as number[])], index * 8);
    if (isSet) writeSet(source.categories, list, buffer);
    else {
      const padded = paddedLength(source.thresholds.length);
      const thresholds = floatsAt(buffer, list, padded, ensemble.thresholdType);
      thresholds.fill(Number.NaN);
      thresholds.set(source.thresholds);
    }
  }
}

/** First column of each source, and the end of the last. */
function firstColumns(plan: ColumnPlan, sources: number): Uint32Array {
  const first = new Uint32Array(sources + 1);
  for (const { source } of plan.columns) first[source + 1] = (first[source + 1] as number) + 1;
  for (let index = 0; index < sources; index++) {
    first[index + 1] = (first[index + 1] as number) + (first[index] as number);
  }
  return first;
}

function writeSet(categories: Uint32Array, address: number, buffer: ArrayBufferLike): void {
  const words = new Uint32Array(buffer, address, setWords(categories));
  for (const category of categories) {
    words[category >>> 5] = (words[category >>> 5] as number) | (1 << (category & 31));
  }
}

function writeColumns(plan: ColumnPlan, address: number, buffer: ArrayBufferLike): void {
  const fields = new Int32Array(buffer, address, plan.columns.length * 2);
  for (const [index, column] of plan.columns.entries()) {
    fields.set([column.offset, column.missingRight ? -1 : 0], index * 2);
  }
}

function writeNodes(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const { nodes, walkColumns } = plan;
  const fields = new Uint32Array(buffer, addresses.nodes, nodes.child.length * 2);
  for (let at = 0; at < nodes.child.length; at++) {
    fields[at * 2] = addresses.nodes + (nodes.child[at] as number) * recordSizes.node;
    fields[at * 2 + 1] = isSplit(nodes, at)
      ? ((walkColumns.column[at] as number) << 17) | (walkColumns.threshold[at] as number)
      : 0xffff;
  }
}

function writeTrees(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const view = new DataView(buffer);
  let record = addresses.records;
  for (const [index, tree] of plan.ensemble.trees.entries()) {
    const address = addresses.trees + index * recordSizes.tree;
    const network = plan.networks.get(index);
    const joins = record + (network?.pairs.length ?? 0) * recordSizes.pair;
    const fields = [
      addresses.nodes + (plan.nodes.firstNode[index] as number) * recordSizes.node,
      plan.nodes.depth[index] as number,
      tree.output ?? 0,
      plan.leaves.firstLeaf[index] as number,
      record,
      network?.pairs.length ?? 0,
      joins,
      network?.joins.length ?? 0,
      (network?.rootSlot ?? 0) * blockRows,
    ];
    for (const [field, value] of fields.entries()) view.setUint32(address + field * 4, value, true);
    for (const pair of network?.pairs ?? []) {
      view.setUint16(record, pair.column, true);
      view.setInt8(record + 2, pair.threshold - 128);
      view.setUint8(record + 3, pair.leaf);
      view.setUint16(record + 4, pair.slot * blockRows, true);
      record += recordSizes.pair;
    }
    for (const join of network?.joins ?? []) {
      view.setUint16(record, join.column, true);
      view.setInt8(record + 2, join.threshold - 128);
      view.setUint16(record + 4, join.left * blockRows, true);
      view.setUint16(record + 6, join.right * blockRows, true);
      view.setUint16(record + 8, join.slot * blockRows, true);
      record += recordSizes.join;
    }
  }
}
