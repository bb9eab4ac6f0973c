// Scores rows with an ensemble of trees laid out by src/trees/plan. Memory is shared between threads: the plan is only
// read, and each thread has its own scratch.
import { encodeRows } from './trees/encode';
import * as at from './trees/layout';
import { fillLeafSlots, findBlockLeaves } from './trees/network';
import { addBlockLeaves, addConstantTrees, addLeaves, addRowLeaves, addTotals, startSums, writeSums } from './trees/sums';
import { walkRows, walkTrees } from './trees/walk';

/** Prepares the scratch of a thread, once. */
export function prepareScratch(plan: usize, scratch: usize): void {
  fillLeafSlots(scratch + <usize>load<u32>(plan, at.planScratchSlots));
}

/**
 * Sums of `rowCount` rows at `rows` into `out`, over the segments given: all of them when there are rows enough for
 * blocks, or sums of parts to be added up, else the trees `firstTree` to `endTree` row by row.
 */
export function predict(
  plan: usize, scratch: usize, rows: usize, rowCount: i32, out: usize,
  segments: usize, segmentCount: u32, firstTree: u32, endTree: u32,
): void {
  if (load<u32>(plan, at.planFlags) & at.flagWideSums)
    predictSums<f64>(plan, scratch, rows, rowCount, out, segments, segmentCount, firstTree, endTree);
  else predictSums<f32>(plan, scratch, rows, rowCount, out, segments, segmentCount, firstTree, endTree);
}

function predictSums<S>(
  plan: usize, scratch: usize, rows: usize, rowCount: i32, out: usize,
  segments: usize, segmentCount: u32, firstTree: u32, endTree: u32,
): void {
  const stride = <usize>load<u32>(plan, at.planRowStride);
  const outStride = <usize>load<u32>(plan, at.planOutputCount) * sizeof<S>();
  const lastSegment = segments + <usize>segmentCount * at.segmentSize;
  const sums = scratch + <usize>load<u32>(plan, at.planScratchSums);
  while (rowCount > 0) {
    const taken = min(rowCount, at.blockRows);
    startSums<S>(plan, sums);
    if (taken >= at.fewestBlockRows || hasParts(segments, lastSegment)) addBlock<S>(plan, scratch, rows, taken, sums, segments, lastSegment);
    else addRows<S>(plan, scratch, rows, taken, sums, firstTree, endTree);
    writeSums<S>(plan, sums, out, taken);
    rows += stride * taken;
    out += outStride * taken;
    rowCount -= taken;
  }
}

function hasParts(segments: usize, lastSegment: usize): bool {
  for (let segment = segments; segment < lastSegment; segment += at.segmentSize)
    if (load<u32>(segment, at.segmentKind) == at.segmentPart) return true;
  return false;
}

/** Codes for the kinds of segments whose bits are set in `kinds`; without any, for walks of single rows. */
function encode(plan: usize, rows: usize, rowCount: i32, scratch: usize, kinds: u32): void {
  if (load<u32>(plan, at.planFlags) & at.flagWideFeatures) encodeRows<f64>(plan, rows, rowCount, scratch, kinds);
  else encodeRows<f32>(plan, rows, rowCount, scratch, kinds);
}

function addBlock<S>(
  plan: usize, scratch: usize, rows: usize, rowCount: i32, sums: usize, segments: usize, lastSegment: usize,
): void {
  let kinds: u32 = 0;
  for (let segment = segments; segment < lastSegment; segment += at.segmentSize)
    kinds |= 1 << load<u32>(segment, at.segmentKind);
  encode(plan, rows, rowCount, scratch, kinds);
  const trees = <usize>load<u32>(plan, at.planTrees);
  const totals = scratch + <usize>load<u32>(plan, at.planScratchTotals);
  let parts = 0;
  for (let segment = segments; segment < lastSegment; segment += at.segmentSize) {
    const kind = load<u32>(segment, at.segmentKind);
    const first = trees + <usize>load<u32>(segment, at.segmentFirst) * at.treeSize;
    const end = trees + <usize>load<u32>(segment, at.segmentEnd) * at.treeSize;
    if (kind == at.segmentPart) {
      addTotals<S>(plan, sums, totals, parts++ == 0);
      startSums<S>(plan, sums);
    } else if (kind == at.segmentConstant) addConstantTrees<S>(plan, first, end, sums);
    else if (kind == at.segmentNetwork) addNetworkTrees<S>(plan, first, end, scratch, rowCount, sums);
    else addWalkedTrees<S>(plan, first, end, scratch, rowCount, sums);
  }
  if (parts > 0) addTotals<S>(plan, totals, sums, false);
}

function addNetworkTrees<S>(plan: usize, first: usize, end: usize, scratch: usize, rowCount: i32, sums: usize): void {
  const codes = scratch + <usize>load<u32>(plan, at.planScratchCodes);
  const slots = scratch + <usize>load<u32>(plan, at.planScratchSlots);
  const leaves = scratch + <usize>load<u32>(plan, at.planScratchLeaves);
  const oneOutput = load<u32>(plan, at.planOutputCount) == 1;
  while (first < end) {
    const chunkEnd = min(end, first + at.chunkTrees * at.treeSize);
    let found = leaves;
    for (let tree = first; tree < chunkEnd; tree += at.treeSize, found += at.blockRows)
      findBlockLeaves(tree, codes, slots, found, rowCount);
    if (oneOutput) addBlockLeaves<S>(plan, first, chunkEnd, leaves, sums, rowCount);
    else {
      found = leaves;
      for (let tree = first; tree < chunkEnd; tree += at.treeSize, found += at.blockRows)
        addLeaves<S, u8>(plan, tree, load<u32>(tree, at.treeFirstLeaf), found, sums, rowCount);
    }
    first = chunkEnd;
  }
}

function addWalkedTrees<S>(plan: usize, first: usize, end: usize, scratch: usize, rowCount: i32, sums: usize): void {
  const rows = scratch + <usize>load<u32>(plan, at.planScratchRows);
  const leaves = scratch + <usize>load<u32>(plan, at.planScratchLeaves);
  for (let tree = first; tree < end; tree += at.treeSize) {
    walkRows(plan, tree, rows, rowCount, leaves);
    addLeaves<S, u32>(plan, tree, 0, leaves, sums, rowCount);
  }
}

function addRows<S>(
  plan: usize, scratch: usize, rows: usize, rowCount: i32, sums: usize, firstTree: u32, endTree: u32,
): void {
  encode(plan, rows, rowCount, scratch, 0);
  let row = scratch + <usize>load<u32>(plan, at.planScratchRows);
  const stride = <usize>load<u32>(plan, at.planWalkStride);
  const leaves = scratch + <usize>load<u32>(plan, at.planScratchLeaves);
  const trees = <usize>load<u32>(plan, at.planTrees);
  for (let i = 0; i < rowCount; i++, row += stride, sums += sizeof<S>())
    for (let first = firstTree; first < endTree; first += at.chunkTrees) {
      const end = min(endTree, first + at.chunkTrees);
      walkTrees(plan, first, end, row, leaves);
      addRowLeaves<S>(plan, trees + <usize>first * at.treeSize, trees + <usize>end * at.treeSize, leaves, sums);
    }
}

/** Leaf reached, in the tree's own node numbers: `out` [rowCount × (endTree - firstTree)], 4 bytes each. */
export function findLeaves(
  plan: usize, scratch: usize, rows: usize, rowCount: i32, out: usize, firstTree: u32, endTree: u32,
): void {
  const stride = <usize>load<u32>(plan, at.planRowStride);
  const walkStride = <usize>load<u32>(plan, at.planWalkStride);
  const names = <usize>load<u32>(plan, at.planLeafNodes);
  const trees = <usize>(endTree - firstTree);
  while (rowCount > 0) {
    const taken = min(rowCount, at.blockRows);
    encode(plan, rows, taken, scratch, 0);
    let row = scratch + <usize>load<u32>(plan, at.planScratchRows);
    for (let i = 0; i < taken; i++, row += walkStride, out += trees << 2) {
      walkTrees(plan, firstTree, endTree, row, out);
      for (let leaf = out; leaf < out + (trees << 2); leaf += 4)
        store<u32>(leaf, load<u32>(names + (<usize>load<u32>(leaf) << 2)));
    }
    rows += stride * taken;
    rowCount -= taken;
  }
}
