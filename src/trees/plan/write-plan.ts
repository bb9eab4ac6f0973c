/** Writes the tables of walks to linear memory; what blocks need besides is written by write-block-plan. */
import type { ColumnPlan } from './assign-columns.ts';
import type { EnsemblePlan } from './build-plan.ts';
import { missingShift, planFields, planFlags, recordSizes, sourceKinds } from './layout.ts';
import { isSplit } from './order-nodes.ts';
import {
  paddedLength,
  type PlanAddresses,
  placeScratch,
  setWords,
  walkStride,
} from './place-plan.ts';

/** Writes all tables. `buffer` reaches to `addresses.end` at least. */
export function writePlan(
  plan: EnsemblePlan,
  addresses: PlanAddresses,
  buffer: ArrayBufferLike,
): void {
  writeHeader(plan, addresses, buffer);
  writeSources(plan, addresses, buffer);
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
  const fields = new Uint32Array(buffer, addresses.sources, splits.sources.length * 8);
  for (const [index, source] of splits.sources.entries()) {
    const list = addresses.lists[index] as number;
    const isSet = 'categories' in source;
    const length = isSet
      ? setWords(source.categories)
      : (paddedLength(source.thresholds.length) + 1) / 2;
    const [first, end] = walkFirst.subarray(index, index + 2) as unknown as [number, number];
    const kind = isSet ? category : comparison | (source.missing << missingShift);
    fields.set([source.feature * width, list, length, kind, 0, 0, first, end], index * 8);
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
export function firstColumns(plan: ColumnPlan, sources: number): Uint32Array {
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

/** Writes the columns of codes. */
export function writeColumns(plan: ColumnPlan, address: number, buffer: ArrayBufferLike): void {
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
