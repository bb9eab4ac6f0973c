// CityHash64 in its first version (Google, 2011), which CatBoost names categories by.

const k0: u64 = 0xc3a5c85c97cb3127;
const k1: u64 = 0xb492b66fbe98f273;
const k2: u64 = 0x9ae16a3b2f90404f;
const k3: u64 = 0xc949d7c7509e6557;
const pairMultiplier: u64 = 0x9ddfea08eb382d69;

@inline
function shiftMix(value: u64): u64 {
  return value ^ (value >> 47);
}

@inline
function hashPair(low: u64, high: u64): u64 {
  const first = shiftMix((low ^ high) * pairMultiplier);
  return shiftMix((high ^ first) * pairMultiplier) * pairMultiplier;
}

function hashUpTo16(text: usize, length: usize): u64 {
  if (length > 8) {
    const last = load<u64>(text + length - 8);
    return hashPair(load<u64>(text), rotr<u64>(last + <u64>length, <u64>length)) ^ last;
  }
  if (length >= 4) {
    return hashPair(<u64>length + (<u64>load<u32>(text) << 3), <u64>load<u32>(text + length - 4));
  }
  if (length == 0) return k2;
  const y = <u32>load<u8>(text) + (<u32>load<u8>(text + (length >> 1)) << 8);
  const z = <u32>length + (<u32>load<u8>(text + length - 1) << 2);
  return shiftMix((<u64>y * k2) ^ (<u64>z * k3)) * k2;
}

function hashUpTo32(text: usize, length: usize): u64 {
  const a = load<u64>(text) * k1;
  const b = load<u64>(text, 8);
  const c = load<u64>(text + length - 8) * k2;
  const d = load<u64>(text + length - 16) * k0;
  return hashPair(
    rotr<u64>(a - b, 43) + rotr<u64>(c, 30) + d,
    a + rotr<u64>(b ^ k3, 20) - c + <u64>length,
  );
}

function hashUpTo64(text: usize, length: usize): u64 {
  const end = text + length;
  let z = load<u64>(text, 24);
  let a = load<u64>(text) + (<u64>length + load<u64>(end - 16)) * k0;
  let b = rotr<u64>(a + z, 52);
  let c = rotr<u64>(a, 37);
  a += load<u64>(text, 8);
  c += rotr<u64>(a, 7);
  a += load<u64>(text, 16);
  const headFirst = a + z;
  const headSecond = b + rotr<u64>(a, 31) + c;
  a = load<u64>(text, 16) + load<u64>(end - 32);
  z = load<u64>(end - 8);
  b = rotr<u64>(a + z, 52);
  c = rotr<u64>(a, 37);
  a += load<u64>(end - 24);
  c += rotr<u64>(a, 7);
  a += load<u64>(end - 16);
  const tailSecond = b + rotr<u64>(a, 31) + c;
  const r = shiftMix((headFirst + tailSecond) * k2 + (a + z + headSecond) * k0);
  return shiftMix(r * k0 + headSecond) * k2;
}

/** First and second of 32 bytes hashed with two seeds. */
@inline
function weakFirst(text: usize, a: u64): u64 {
  return a + load<u64>(text) + load<u64>(text, 8) + load<u64>(text, 16) + load<u64>(text, 24);
}

@inline
function weakSecond(text: usize, a: u64, b: u64): u64 {
  const start = a + load<u64>(text);
  const turned = rotr<u64>(b + start + load<u64>(text, 24), 21);
  return turned + rotr<u64>(start + load<u64>(text, 8) + load<u64>(text, 16), 44) + start;
}

function hashLong(text: usize, length: usize): u64 {
  const end = text + length;
  let x = load<u64>(text);
  let y = load<u64>(end - 16) ^ k1;
  let z = load<u64>(end - 56) ^ k0;
  let v1 = weakFirst(end - 64, <u64>length), v2 = weakSecond(end - 64, <u64>length, y);
  let w1 = weakFirst(end - 32, <u64>length * k1), w2 = weakSecond(end - 32, <u64>length * k1, k0);
  z += shiftMix(v2) * k1;
  x = rotr<u64>(z + x, 39) * k1;
  y = rotr<u64>(y, 33) * k1;
  const last = text + ((length - 1) & ~63);
  for (; text < last; text += 64) {
    x = rotr<u64>(x + y + v1 + load<u64>(text, 16), 37) * k1;
    y = rotr<u64>(y + v2 + load<u64>(text, 48), 42) * k1;
    x ^= w2;
    y ^= v1;
    z = rotr<u64>(z ^ w1, 33);
    const seed = v2 * k1, other = x + w1;
    v1 = weakFirst(text, seed);
    v2 = weakSecond(text, seed, other);
    const seed2 = z + w2;
    w1 = weakFirst(text + 32, seed2);
    w2 = weakSecond(text + 32, seed2, y);
    const swapped = z;
    z = x;
    x = swapped;
  }
  return hashPair(hashPair(v1, w1) + shiftMix(y) * k1 + z, hashPair(v2, w2) + x);
}

/** CityHash64 of the bytes at `text`. */
export function cityHash(text: usize, length: usize): u64 {
  if (length <= 16) return hashUpTo16(text, length);
  if (length <= 32) return hashUpTo32(text, length);
  return length <= 64 ? hashUpTo64(text, length) : hashLong(text, length);
}
