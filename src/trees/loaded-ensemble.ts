/** An ensemble in linear memory, and the lanes in which batches of rows are scored. */
import type { TreeRange } from './ensemble-kernel.ts';
import {
  instantiateKernel,
  type KernelExports,
  maxMemoryPages,
  type PredictCall,
} from './kernel-instance.ts';
import { type BlockPlan, buildBlockPlan, walkAll } from './plan/build-block-plan.ts';
import { buildPlan, type EnsemblePlan } from './plan/build-plan.ts';
import { AddressRange, recordSizes, type SegmentKind, segmentPart } from './plan/layout.ts';
import { blockCodeBytes, placeBlockPlan } from './plan/place-block-plan.ts';
import { mostPlanBytes, type PlanAddresses, placePlan, placeScratch } from './plan/place-plan.ts';
import { writeBlockPlan } from './plan/write-block-plan.ts';
import { writePlan } from './plan/write-plan.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';
import { validateEnsemble } from './validate-ensemble.ts';

const pageBytes = 65_536;

/** What is kept until the tables of blocks are made. */
interface Unfinished {
  readonly plan: EnsemblePlan;
  readonly addresses: PlanAddresses;
}

interface LaneViews {
  readonly rowCount: number;
  readonly rows: Float32Array | Float64Array;
  readonly sums: Float32Array | Float64Array;
}

/** A place for one batch: its rows, its result and the list of segments of its range. Byte addresses. */
export interface Lane {
  scratch: number;
  readonly segments: number;
  rows: number;
  out: number;
  rowCapacity: number;
  /** Range whose segments stand at `segments`, and how many they are. */
  written: { readonly range: TreeRange; readonly count: number } | null;
  /** Views of the last call, which mostly fit the next one: making them takes a tenth of a call of one row. */
  views: LaneViews | null;
}

/** An ensemble ready to score. */
export class LoadedEnsemble {
  readonly ensemble: TreeEnsemble;
  readonly memory: WebAssembly.Memory;
  readonly kernel: KernelExports;
  readonly featureBytes: 4 | 8;
  readonly sumBytes: 4 | 8;
  readonly #planAddress: number;
  /** How each tree is evaluated in a block; null until {@link makeBlocks}. */
  #kinds: readonly SegmentKind[] | null = null;
  #unfinished: Unfinished | null;
  #scratchBytes: number;
  readonly #range: AddressRange;

  /** @throws MODEL_FILE_INVALID for a damaged ensemble, MODEL_NOT_NATIVE for one that is too large. */
  constructor(ensemble: TreeEnsemble) {
    validateEnsemble(ensemble);
    const plan = buildPlan(ensemble);
    // The lowest page belongs to the module.
    const addresses = placePlan(plan, pageBytes);
    const initial = Math.ceil(addresses.end / pageBytes);
    this.memory = new WebAssembly.Memory({ initial, maximum: maxMemoryPages, shared: true });
    writePlan(plan, addresses, this.memory.buffer);
    this.kernel = instantiateKernel(this.memory);
    this.ensemble = ensemble;
    this.featureBytes = ensemble.thresholdType === 'float32' ? 4 : 8;
    this.sumBytes = ensemble.sumType === 'float32' ? 4 : 8;
    this.#planAddress = addresses.plan;
    this.#scratchBytes = placeScratch(plan).codes;
    this.#range = new AddressRange(addresses.end);
    this.#unfinished = { plan, addresses };
  }

  /**
   * Makes the tables of blocks, once: before it, calls may hold fewer than `fewestBlockRows` rows. Returns true if it
   * made them now; scratches made before are then too small.
   */
  makeBlocks(): boolean {
    if (this.#unfinished === null) return false;
    const { plan, addresses } = this.#unfinished;
    const blocks = this.#fittingBlocks(plan);
    const start = this.#range.end;
    const places = placeBlockPlan(plan, blocks, start);
    this.#take(places.end - start);
    writeBlockPlan(plan, addresses, blocks, places, this.memory.buffer);
    this.#kinds = blocks.kinds;
    this.#scratchBytes += blockCodeBytes(blocks);
    this.#unfinished = null;
    return true;
  }

  /** Networks of an ensemble that is too large for them are done without. */
  #fittingBlocks(plan: EnsemblePlan): BlockPlan {
    const blocks = buildBlockPlan(plan);
    const { end } = placeBlockPlan(plan, blocks, this.#range.end);
    return end <= mostPlanBytes ? blocks : walkAll(plan, blocks.kinds);
  }

  /** Scratch of one thread. */
  makeScratch(): number {
    const scratch = this.#take(this.#scratchBytes);
    this.kernel.prepareScratch(this.#planAddress, scratch);
    return scratch;
  }

  /** A lane without room for rows yet. */
  makeLane(scratch: number): Lane {
    const segments = this.#take(2 * this.ensemble.trees.length * recordSizes.segment);
    return { scratch, segments, rows: 0, out: 0, rowCapacity: 0, written: null, views: null };
  }

  /** Makes room for `rowCount` rows and `outBytesPerRow` bytes of result each. */
  reserve(lane: Lane, rowCount: number): void {
    if (rowCount <= lane.rowCapacity) return;
    const rows = Math.max(rowCount, lane.rowCapacity * 2);
    lane.rows = this.#take(rows * this.ensemble.featureCount * this.featureBytes);
    lane.out = this.#take(rows * this.ensemble.outputCount * this.sumBytes);
    lane.rowCapacity = rows;
    lane.views = null;
  }

  /** Room for leaf numbers; not kept. */
  reserveBytes(sizeBytes: number): number {
    return this.#take(sizeBytes);
  }

  /** The lane's rows, row-major. */
  rowsOf(lane: Lane, rowCount: number): Float32Array | Float64Array {
    return this.#viewsOf(lane, rowCount).rows;
  }

  /** A copy of the lane's result. */
  sumsOf(lane: Lane, rowCount: number): Float32Array | Float64Array {
    return this.#viewsOf(lane, rowCount).sums.slice();
  }

  #viewsOf(lane: Lane, rowCount: number): LaneViews {
    if (lane.views?.rowCount === rowCount) return lane.views;
    const { featureCount, outputCount } = this.ensemble;
    const rows = this.#floatsAt(this.featureBytes, lane.rows, rowCount * featureCount);
    const sums = this.#floatsAt(this.sumBytes, lane.out, rowCount * outputCount);
    lane.views = { rowCount, rows, sums };
    return lane.views;
  }

  #floatsAt(width: 4 | 8, address: number, length: number): Float32Array | Float64Array {
    const { buffer } = this.memory;
    return width === 4
      ? new Float32Array(buffer, address, length)
      : new Float64Array(buffer, address, length);
  }

  /** Writes the segments of the range and returns the call that scores the lane's rows. */
  prepareCall(lane: Lane, rowCount: number, range: TreeRange): PredictCall {
    const segments = this.#writeSegments(lane, range);
    const { scratch, rows, out } = lane;
    const { firstTree, endTree } = range;
    return [
      this.#planAddress,
      scratch,
      rows,
      rowCount,
      out,
      lane.segments,
      segments,
      firstTree,
      endTree,
    ];
  }

  /** Leaves of the lane's rows at address `out`. */
  findLeaves(lane: Lane, rowCount: number, out: number, firstTree: number, endTree: number): void {
    this.kernel.findLeaves(
      this.#planAddress,
      lane.scratch,
      lane.rows,
      rowCount,
      out,
      firstTree,
      endTree,
    );
  }

  /** Runs of trees that are evaluated alike. Returns how many there are. */
  #writeSegments(lane: Lane, range: TreeRange): number {
    const { written } = lane;
    const kinds = this.#kinds;
    if (kinds === null) return 0;
    if (written !== null && isSame(written.range, range)) return written.count;
    const { firstTree, endTree, partStarts = [] } = range;
    const { buffer } = this.memory;
    const fields = new Uint32Array(buffer, lane.segments, this.ensemble.trees.length * 6);
    const starts = new Set(partStarts);
    let count = 0;
    for (let tree = firstTree; tree < endTree; tree++) {
      if (starts.has(tree)) fields.set([segmentPart, tree, tree], count++ * 3);
      const kind = kinds[tree] as number;
      if (count === 0 || fields[count * 3 - 3] !== kind) {
        fields[count * 3] = kind;
        fields[count * 3 + 1] = tree;
        count++;
      }
      fields[count * 3 - 1] = tree + 1;
    }
    lane.written = { range, count };
    return count;
  }

  #take(sizeBytes: number): number {
    const address = this.#range.take(sizeBytes);
    const missing = Math.ceil((this.#range.end - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
    return address;
  }
}

function isSame(a: TreeRange, b: TreeRange): boolean {
  return a.firstTree === b.firstTree && a.endTree === b.endTree && a.partStarts === b.partStarts;
}
