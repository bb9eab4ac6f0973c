/** logf as glibc computes it: XGBoost turns a base score into a margin with it, and one bit there moves every answer. */

/** 1/c and ln c for the 16 intervals of the mantissa; method and values as in ARM's optimized routines (glibc ≥ 2.27). */
// prettier-ignore
const intervals = new Float64Array([
  1.398907162146528, -0.33569133332882284, 1.3403141896637998, -0.2929040563774074,
  1.286432210124115, -0.2518726580937369, 1.2367150214269895, -0.21245868807117255,
  1.1906977166711752, -0.17453945183745634, 1.1479821020556429, -0.1380057072319758,
  1.1082251448272158, -0.10275976698545139, 1.0711297413057381, -0.06871392447020525,
  1.036437278977283, -0.0357891387398228, 1, 0,
  0.9492859795739057, 0.05204517742929496, 0.8951049428609004, 0.11081431298787942,
  0.8476821620351103, 0.1652495223695143, 0.8050314851692001, 0.21687389031699977,
  0.7664671008843108, 0.2659635028121397, 0.731428603316328, 0.3127556664073557,
]);
const ln2 = 0.6931471805599453;
const firstInterval = 0x3f330000;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * ln x in float32, to the bit of glibc's `logf`.
 *
 * @param x a float32 value
 */
export function logFloat32(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x > 0)) return NaN;
  if (x === Infinity) return Infinity;
  if (x === 1) return 0;
  const subnormal = x < 2 ** -126;
  float[0] = subnormal ? x * 2 ** 23 : x;
  const pattern = (bits[0] as number) - (subnormal ? 23 << 23 : 0);
  const offset = pattern - firstInterval;
  const interval = 2 * ((offset >> 19) & 15);
  const exponent = offset >> 23;
  bits[0] = pattern - (exponent << 23);
  const r = float[0] * (intervals[interval] as number) - 1;
  const start = (intervals[interval + 1] as number) + exponent * ln2;
  const r2 = r * r;
  const high = -0.25089342214237154 * r2 + (0.333456765744066 * r - 0.4999997485802103);
  return Math.fround(high * r2 + (start + r));
}
