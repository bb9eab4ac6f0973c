// Decimal → double, correctly rounded: mantissa · 10^exponent for a mantissa of at most 19 digits.
// Clinger's exact case, else Eisel-Lemire. Source: D. Lemire, "Number parsing at a gigabyte per second" (2021), and
// N. Mushtak, D. Lemire, "Fast number parsing without fallback" (2022): with 19 digits no case is left undecided.
import { LARGEST_POWER, POWERS, SMALLEST_POWER } from './layout';
import { multiplyWide, productLow } from './wide-multiply';

const EXACT_POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);

// @ts-ignore: decorator
@inline
export function toFloat(mantissa: u64, exponent: i32): f64 {
  if (mantissa <= 0x20000000000000 && <u32>(exponent + 22) <= 44) {
    const exact = <f64><i64>mantissa;
    return exponent < 0
      ? exact / load<f64>(EXACT_POWERS + (<usize>-exponent << 3))
      : exact * load<f64>(EXACT_POWERS + (<usize>exponent << 3));
  }
  return roundProduct(mantissa, exponent);
}

function roundProduct(mantissa: u64, exponent: i32): f64 {
  if (mantissa == 0 || exponent < SMALLEST_POWER) return 0;
  if (exponent > 308) return Infinity;
  const zeros = clz(mantissa);
  const normal = mantissa << zeros;
  const power = POWERS + (<usize>(exponent - SMALLEST_POWER) << 4);
  let high = multiplyWide(normal, load<u64>(power));
  let low = productLow;
  if ((high & 0x1ff) == 0x1ff) {
    const more = multiplyWide(normal, load<u64>(power, 8));
    low += more;
    if (more > low) high++;
  }
  const upper = <i32>(high >> 63);
  const shift = <u64>(upper + 9);
  let bits = high >> shift;
  let power2 = ((217706 * exponent) >> 16) + 63 + upper - <i32>zeros + 1023;
  if (power2 <= 0) return roundSubnormal(bits, power2);
  // Halfway between two doubles: only possible for these exponents, and then the tie goes to even.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << shift == high) bits &= ~1;
  bits = (bits + (bits & 1)) >> 1;
  if (bits >= 0x20000000000000) {
    bits = 0x10000000000000;
    power2++;
  }
  if (power2 >= 0x7ff) return Infinity;
  return reinterpret<f64>((bits & 0xfffffffffffff) | (<u64>power2 << 52));
}

function roundSubnormal(bits: u64, power2: i32): f64 {
  if (power2 <= -63) return 0;
  bits >>= <u64>(1 - power2);
  // A carry into bit 52 makes the smallest normal number, as the bits stand.
  return reinterpret<f64>((bits + (bits & 1)) >> 1);
}
