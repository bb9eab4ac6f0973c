// 64 × 64 → 128 bit products; WebAssembly has no instruction for them.

/** Low word of the last product. */
export let productLow: u64 = 0;

/** High word of a·b; the low word is left in `productLow`. */
// @ts-ignore: decorator
@inline
export function multiplyWide(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff, aHigh = a >> 32;
  const bLow = b & 0xffffffff, bHigh = b >> 32;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  productLow = (cross << 32) | (low & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}
