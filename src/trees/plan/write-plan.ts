/** Writes the tables of walks to linear memory; what blocks need besides is written by write-block-plan. */
import type { ColumnPlan } from './assign-columns.ts';
import { type EnsemblePlan, firstSetColumn } from './build-plan.ts';
import { type CategorySource, setBytes } from './category-sets.ts';
import { missingShift, planFields, planFlags, recordSizes, sourceKinds } from './layout.ts';
import { isSplit } from './order-nodes.ts';
import {
  listOf,
  paddedLength,
  type PlanAddresses,
  placeScratch,
  walkStride,
} from './place-plan.ts';
import type { RankSource } from './rank-splits.ts';

/** Writes all tables. `buffer` reaches to `addresses.end` at least. */
export function writePlan(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  buffer: ArrayBufferLike,
): void {
  writeHeader(plan, addresses, buffer);
  writeSources(plan, addresses, buffer);
  writeColumns(plan.walkColumns, plan, addresses.walkColumns, buffer);
  writeSetColumns(plan, addresses, buffer);
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
    blockColumns: 0,
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
    setsFrom: firstSetColumn(plan) * 2,
    setColumns: hasSets(plan) ? addresses.setColumns : 0,
    scratchTotals: scratch.totals,
  };
  for (const [name, value] of Object.entries(values)) {
    fields[planFields[name as keyof typeof planFields]] = value;
  }
}

function writeSources(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const { ensemble, splits } = plan;
  const width = ensemble.thresholdType === 'float32' ? 4 : 8;
  const comparison = ensemble.comparison === '<' ? sourceKinds.atMost : sourceKinds.below;
  const category =
    ensemble.categoryRange === 'int32' ? sourceKinds.truncatedCategory : sourceKinds.category;
  const walkFirst = firstColumns(plan.walkColumns, splits.sources.length);
  const words = recordSizes.source / 4;
  const fields = new Uint32Array(buffer, addresses.sources, splits.sources.length * words);
  for (const [index, source] of splits.sources.entries()) {
    const list = addresses.lists[index] as number;
    const numbers = listOf(source);
    const padded = paddedLength(numbers.length);
    const [first, end] = walkFirst.subarray(index, index + 2) as unknown as [number, number];
    const kind = 'bits' in source ? category : comparison | (source.missing << missingShift);
    const half = (padded + 1) / 2;
    const record = [source.feature * width, list, half, kind, 0, 0, first, end, 0, numbers.length];
    fields.set(record, index * words);
    const target = floatsAt(buffer, list, padded, ensemble.thresholdType);
    target.fill(Number.NaN);
    target.set(numbers);
    if ('bits' in source) {
      new Uint8Array(buffer, addresses.sets[index], source.bits.length).set(source.bits);
    }
  }
}

function hasSets(plan: EnsemblePlan): boolean {
  return firstSetColumn(plan) < plan.walkColumns.columns.length;
}

/** Address of the first set of each column for sets, and the bytes of a set. */
function writeSetColumns(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  buffer: ArrayBufferLike,
): void {
  const columns = plan.walkColumns.columns.slice(firstSetColumn(plan));
  const fields = new Uint32Array(buffer, addresses.setColumns, columns.length * 2);
  for (const [index, { source, offset }] of columns.entries()) {
    const asked = plan.splits.sources[source] as CategorySource;
    const stride = setBytes(asked.categories);
    fields.set([(addresses.sets[source] as number) + offset * stride, stride], index * 2);
  }
}

/** First column of each source, and the end of the last. */
export function firstColumns(plan: ColumnPlan, sources: number): Uint32Array {
  const first = new Uint32Array(sources + 1);
  for (const { source } of plan.columns) first[source + 1] = (first[source + 1] as number) + 1;
  for (let index = 0; index < sources; index++) {
    first[index + 1] = (first[index + 1] as number) + (first[index] as number);
  }
  return first;
}

/** Writes the columns of codes. */
export function writeColumns(
  { columns }: ColumnPlan,
  { splits }: EnsemblePlan,
  address: number,
  buffer: ArrayBufferLike,
): void {
  const fields = new Int32Array(buffer, address, columns.length * 2);
  for (const [index, { source, offset, missingRight }] of columns.entries()) {
    const isSet = 'bits' in (splits.sources[source] as RankSource);
    fields.set([isSet ? 0 : offset, missingRight ? -1 : 0], index * 2);
  }
}

function writeNodes(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const { nodes, walkColumns } = plan;
  const fields = new Uint32Array(buffer, addresses.nodes, nodes.child.length * 2);
  for (let at = 0; at < nodes.child.length; at++) {
    fields[at * 2] = addresses.nodes + (nodes.child[at] as number) * recordSizes.node;
    fields[at * 2 + 1] = isSplit(nodes, at)
      ? ((walkColumns.threshold[at] as number) << 16) | ((walkColumns.column[at] as number) << 1)
      : 0xffff0000;
  }
}

function writeTrees(plan: EnsemblePlan, addresses: PlanAddresses, buffer: ArrayBufferLike): void {
  const fields = new Uint32Array(
    buffer,
    addresses.trees,
    (plan.ensemble.trees.length * recordSizes.tree) / 4,
  );
  for (const [index, tree] of plan.ensemble.trees.entries()) {
    const at = (index * recordSizes.tree) / 4;
    fields[at] = addresses.nodes + (plan.nodes.firstNode[index] as number) * recordSizes.node;
    fields[at + 1] = plan.nodes.depth[index] as number;
    fields[at + 2] = tree.output ?? 0;
    fields[at + 3] = plan.leaves.firstLeaf[index] as number;
  }
}
