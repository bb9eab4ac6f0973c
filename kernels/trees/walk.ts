// Leaves by walking. A node is 8 bytes: child (32 bits), threshold (16), column (16); the children stand side by side
// and a leaf is its own child, so eight walks run in step without a branch that depends on data.
import * as at from './layout';

@inline
function step(nodes: usize, row: usize, node: u32): u32 {
  const packed = load<u64>(nodes + (<usize>node << 3));
  const code = <u32>load<u16>(row + (<usize>(packed >> 48) << 1));
  return <u32>packed + u32(code > (<u32>(packed >> 32) & 0xffff));
}

/** One row through eight trees; leaf numbers (4 bytes each) into `leaves`. */
export function walkTrees(plan: usize, firstTree: u32, endTree: u32, row: usize, leaves: usize): void {
  const nodes = <usize>load<u32>(plan, at.planNodes);
  const leafOf = <usize>load<u32>(plan, at.planLeafOf);
  let tree = <usize>load<u32>(plan, at.planTrees) + <usize>firstTree * at.treeSize;
  const end = <usize>load<u32>(plan, at.planTrees) + <usize>endTree * at.treeSize;
  for (; tree + 8 * at.treeSize <= end; tree += 8 * at.treeSize, leaves += 32) {
    let a = load<u32>(tree, at.treeRoot);
    let b = load<u32>(tree, at.treeRoot + at.treeSize);
    let c = load<u32>(tree, at.treeRoot + 2 * at.treeSize);
    let d = load<u32>(tree, at.treeRoot + 3 * at.treeSize);
    let e = load<u32>(tree, at.treeRoot + 4 * at.treeSize);
    let f = load<u32>(tree, at.treeRoot + 5 * at.treeSize);
    let g = load<u32>(tree, at.treeRoot + 6 * at.treeSize);
    let h = load<u32>(tree, at.treeRoot + 7 * at.treeSize);
    for (;;) {
      const moved0 = a + b + c + d + e + f + g + h;
      a = step(nodes, row, a); b = step(nodes, row, b); c = step(nodes, row, c); d = step(nodes, row, d);
      e = step(nodes, row, e); f = step(nodes, row, f); g = step(nodes, row, g); h = step(nodes, row, h);
      a = step(nodes, row, a); b = step(nodes, row, b); c = step(nodes, row, c); d = step(nodes, row, d);
      e = step(nodes, row, e); f = step(nodes, row, f); g = step(nodes, row, g); h = step(nodes, row, h);
      if (a + b + c + d + e + f + g + h == moved0) break;
    }
    store<u32>(leaves, load<u32>(leafOf + (<usize>a << 2)));
    store<u32>(leaves, load<u32>(leafOf + (<usize>b << 2)), 4);
    store<u32>(leaves, load<u32>(leafOf + (<usize>c << 2)), 8);
    store<u32>(leaves, load<u32>(leafOf + (<usize>d << 2)), 12);
    store<u32>(leaves, load<u32>(leafOf + (<usize>e << 2)), 16);
    store<u32>(leaves, load<u32>(leafOf + (<usize>f << 2)), 20);
    store<u32>(leaves, load<u32>(leafOf + (<usize>g << 2)), 24);
    store<u32>(leaves, load<u32>(leafOf + (<usize>h << 2)), 28);
  }
  for (; tree < end; tree += at.treeSize, leaves += 4) {
    let node = load<u32>(tree, at.treeRoot);
    for (let s = load<u32>(tree, at.treeDepth); s > 0; s--) node = step(nodes, row, node);
    store<u32>(leaves, load<u32>(leafOf + (<usize>node << 2)));
  }
}

/** Eight rows at a time through one tree; leaf numbers (4 bytes a row) into `leaves`. */
export function walkRows(plan: usize, tree: usize, rows: usize, stride: usize, rowCount: i32, leaves: usize): void {
  const nodes = <usize>load<u32>(plan, at.planNodes);
  const leafOf = <usize>load<u32>(plan, at.planLeafOf);
  const root = load<u32>(tree, at.treeRoot);
  // Rows beyond the last are walked too: their codes are zero or old, both valid.
  for (let row = 0; row < rowCount; row += 8, rows += stride << 3, leaves += 32) {
    const row1 = rows + stride, row2 = row1 + stride, row3 = row2 + stride, row4 = row3 + stride;
    const row5 = row4 + stride, row6 = row5 + stride, row7 = row6 + stride;
    let a = root, b = root, c = root, d = root, e = root, f = root, g = root, h = root;
    for (;;) {
      const moved0 = a + b + c + d + e + f + g + h;
      a = step(nodes, rows, a); b = step(nodes, row1, b); c = step(nodes, row2, c); d = step(nodes, row3, d);
      e = step(nodes, row4, e); f = step(nodes, row5, f); g = step(nodes, row6, g); h = step(nodes, row7, h);
      a = step(nodes, rows, a); b = step(nodes, row1, b); c = step(nodes, row2, c); d = step(nodes, row3, d);
      e = step(nodes, row4, e); f = step(nodes, row5, f); g = step(nodes, row6, g); h = step(nodes, row7, h);
      if (a + b + c + d + e + f + g + h == moved0) break;
    }
    store<u32>(leaves, load<u32>(leafOf + (<usize>a << 2)));
    store<u32>(leaves, load<u32>(leafOf + (<usize>b << 2)), 4);
    store<u32>(leaves, load<u32>(leafOf + (<usize>c << 2)), 8);
    store<u32>(leaves, load<u32>(leafOf + (<usize>d << 2)), 12);
    store<u32>(leaves, load<u32>(leafOf + (<usize>e << 2)), 16);
    store<u32>(leaves, load<u32>(leafOf + (<usize>f << 2)), 20);
    store<u32>(leaves, load<u32>(leafOf + (<usize>g << 2)), 24);
    store<u32>(leaves, load<u32>(leafOf + (<usize>h << 2)), 28);
  }
}
