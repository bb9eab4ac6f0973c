/**
 * Copies items from Fortran order (first index fastest) to C order (last index fastest).
 *
 * @param bytes `itemSizeBytes` times the product of `shape`
 */
export function toCOrder(
  bytes: Uint8Array,
  itemSizeBytes: number,
  shape: readonly number[],
): Uint8Array {
  if (shape.length < 2) return bytes;
  const ordered = new Uint8Array(bytes.length);
  const index = shape.map(() => 0);
  const strides = fortranStrides(shape, itemSizeBytes);
  let from = 0;
  for (let to = 0; to < bytes.length; to += itemSizeBytes) {
    for (let byte = 0; byte < itemSizeBytes; byte += 1) {
      ordered[to + byte] = bytes[from + byte] as number;
    }
    from += step(index, shape, strides);
  }
  return ordered;
}

function fortranStrides(shape: readonly number[], itemSizeBytes: number): readonly number[] {
  let stride = itemSizeBytes;
  return shape.map((extent) => {
    const own = stride;
    stride *= extent;
    return own;
  });
}

/** Advances `index` in C order; returns by how many bytes the place in Fortran order changes. */
function step(index: number[], shape: readonly number[], strides: readonly number[]): number {
  let change = 0;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const stride = strides[axis] as number;
    const next = (index[axis] as number) + 1;
    if (next < (shape[axis] as number)) {
      index[axis] = next;
      return change + stride;
    }
    change -= (index[axis] as number) * stride;
    index[axis] = 0;
  }
  return change;
}
