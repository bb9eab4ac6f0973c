// Leaves → sums, tree by tree in the ensemble's order, every addition rounded to the width of the sum.
// The sums of a block stand by output: [outputs × 64].
import * as at from './layout';

/** Sets the sums of a block to the base score. */
export function startSums<S>(plan: usize, sums: usize): void {
  const outputs = <usize>load<u32>(plan, at.planOutputCount);
  const base = <usize>load<u32>(plan, at.planBase);
  for (let output: usize = 0; output < outputs; output++) {
    const start = load<S>(base + output * sizeof<S>());
    const first = sums + output * at.blockRows * sizeof<S>();
    for (let row: usize = 0; row < <usize>at.blockRows; row++) store<S>(first + row * sizeof<S>(), start);
  }
}

/** Adds the sums of a block to its totals, or copies them where they are the first. */
export function addTotals<S>(plan: usize, sums: usize, totals: usize, areFirst: bool): void {
  const bytes = <usize>load<u32>(plan, at.planOutputCount) * at.blockRows * sizeof<S>();
  if (areFirst) {
    memory.copy(totals, sums, bytes);
    return;
  }
  for (let offset: usize = 0; offset < bytes; offset += sizeof<S>())
    store<S>(totals + offset, load<S>(totals + offset) + load<S>(sums + offset));
}

/** Writes the sums of a block row by row. */
export function writeSums<S>(plan: usize, sums: usize, out: usize, rowCount: i32): void {
  const outputs = <usize>load<u32>(plan, at.planOutputCount);
  if (outputs == 1) {
    memory.copy(out, sums, <usize>rowCount * sizeof<S>());
    return;
  }
  for (let row: usize = 0; row < <usize>rowCount; row++)
    for (let output: usize = 0; output < outputs; output++, out += sizeof<S>())
      store<S>(out, load<S>(sums + (output * at.blockRows + row) * sizeof<S>()));
}

/** Adds trees that are one leaf each; `firstTree`… are addresses of trees. */
export function addConstantTrees<S>(plan: usize, firstTree: usize, endTree: usize, sums: usize): void {
  const values = <usize>load<u32>(plan, at.planLeafValues);
  const vectors = (load<u32>(plan, at.planFlags) & at.flagVectorLeaves) != 0;
  const outputs: usize = vectors ? <usize>load<u32>(plan, at.planOutputCount) : 1;
  for (let tree = firstTree; tree < endTree; tree += at.treeSize) {
    const value = values + <usize>load<u32>(tree, at.treeFirstLeaf) * outputs * sizeof<S>();
    const first: usize = vectors ? 0 : <usize>load<u32>(tree, at.treeOutput);
    for (let output: usize = 0; output < outputs; output++)
      addConstant<S>(load<S>(value + output * sizeof<S>()), sums + (first + output) * at.blockRows * sizeof<S>());
  }
}

@inline
function addConstant<S>(value: S, sums: usize): void {
  if (sizeof<S>() == 4) {
    const splat = f32x4.splat(<f32>value);
    for (let offset: usize = 0; offset < 256; offset += 64) {
      const p = sums + offset;
      v128.store(p, f32x4.add(v128.load(p), splat));
      v128.store(p, f32x4.add(v128.load(p, 16), splat), 16);
      v128.store(p, f32x4.add(v128.load(p, 32), splat), 32);
      v128.store(p, f32x4.add(v128.load(p, 48), splat), 48);
    }
  } else {
    const splat = f64x2.splat(<f64>value);
    for (let offset: usize = 0; offset < 512; offset += 64) {
      const p = sums + offset;
      v128.store(p, f64x2.add(v128.load(p), splat));
      v128.store(p, f64x2.add(v128.load(p, 16), splat), 16);
      v128.store(p, f64x2.add(v128.load(p, 32), splat), 32);
      v128.store(p, f64x2.add(v128.load(p, 48), splat), 48);
    }
  }
}

/** Adds the leaf of each row: `leaves` holds one number a row, of type L, counted from the leaf `first`. */
export function addLeaves<S, L>(plan: usize, tree: usize, first: u32, leaves: usize, sums: usize, rowCount: i32): void {
  const values = <usize>load<u32>(plan, at.planLeafValues);
  if (load<u32>(plan, at.planFlags) & at.flagVectorLeaves) {
    addVectors<S, L>(values, <usize>load<u32>(plan, at.planOutputCount), first, leaves, sums, rowCount);
    return;
  }
  const value = values + <usize>first * sizeof<S>();
  let sum = sums + <usize>load<u32>(tree, at.treeOutput) * at.blockRows * sizeof<S>();
  for (let row = 0; row < rowCount; row++, sum += sizeof<S>(), leaves += sizeof<L>())
    store<S>(sum, load<S>(sum) + load<S>(value + <usize>load<L>(leaves) * sizeof<S>()));
}

function addVectors<S, L>(values: usize, outputs: usize, first: u32, leaves: usize, sums: usize, rowCount: i32): void {
  for (let row: usize = 0; row < <usize>rowCount; row++) {
    const leaf = <usize>first + <usize>load<L>(leaves + row * sizeof<L>());
    let value = values + leaf * outputs * sizeof<S>();
    let sum = sums + row * sizeof<S>();
    for (let output: usize = 0; output < outputs; output++) {
      store<S>(sum, load<S>(sum) + load<S>(value));
      value += sizeof<S>();
      sum += at.blockRows * sizeof<S>();
    }
  }
}

/** Adds one leaf of each tree, numbered by 4 bytes, to the sums of one row. */
export function addRowLeaves<S>(plan: usize, tree: usize, endTree: usize, leaves: usize, sums: usize): void {
  const values = <usize>load<u32>(plan, at.planLeafValues);
  if (load<u32>(plan, at.planFlags) & at.flagVectorLeaves) {
    const outputs = <usize>load<u32>(plan, at.planOutputCount);
    for (; tree < endTree; tree += at.treeSize, leaves += 4)
      addVectors<S, u32>(values, outputs, 0, leaves, sums, 1);
  } else if (load<u32>(plan, at.planOutputCount) == 1) {
    let sum = load<S>(sums);
    for (; tree < endTree; tree += at.treeSize, leaves += 4)
      sum += load<S>(values + <usize>load<u32>(leaves) * sizeof<S>());
    store<S>(sums, sum);
  } else {
    for (; tree < endTree; tree += at.treeSize, leaves += 4) {
      const sum = sums + <usize>load<u32>(tree, at.treeOutput) * at.blockRows * sizeof<S>();
      store<S>(sum, load<S>(sum) + load<S>(values + <usize>load<u32>(leaves) * sizeof<S>()));
    }
  }
}

@inline
function leafAt<S>(values: usize, leaves: usize, offset: usize): S {
  return load<S>(values + <usize>load<u8>(leaves + offset) * sizeof<S>());
}

/** Adds the leaves of trees of one output to a block, eight sums kept in registers over all trees. */
export function addBlockLeaves<S>(plan: usize, firstTree: usize, endTree: usize, leaves0: usize, sums: usize, rowCount: i32): void {
  const values0 = <usize>load<u32>(plan, at.planLeafValues);
  let sum = sums + <usize>load<u32>(firstTree, at.treeOutput) * at.blockRows * sizeof<S>();
  const end = sum + <usize>rowCount * sizeof<S>();
  const o: usize = sizeof<S>();
  for (; sum < end; sum += 8 * o, leaves0 += 8) {
    let a = load<S>(sum), b = load<S>(sum + o), c = load<S>(sum + 2 * o), d = load<S>(sum + 3 * o);
    let e = load<S>(sum + 4 * o), f = load<S>(sum + 5 * o), g = load<S>(sum + 6 * o), h = load<S>(sum + 7 * o);
    let leaves = leaves0;
    for (let tree = firstTree; tree < endTree; tree += at.treeSize, leaves += at.blockRows) {
      const values = values0 + <usize>load<u32>(tree, at.treeFirstLeaf) * o;
      a += leafAt<S>(values, leaves, 0); b += leafAt<S>(values, leaves, 1);
      c += leafAt<S>(values, leaves, 2); d += leafAt<S>(values, leaves, 3);
      e += leafAt<S>(values, leaves, 4); f += leafAt<S>(values, leaves, 5);
      g += leafAt<S>(values, leaves, 6); h += leafAt<S>(values, leaves, 7);
    }
    store<S>(sum, a); store<S>(sum + o, b); store<S>(sum + 2 * o, c); store<S>(sum + 3 * o, d);
    store<S>(sum + 4 * o, e); store<S>(sum + 5 * o, f); store<S>(sum + 6 * o, g); store<S>(sum + 7 * o, h);
  }
}
