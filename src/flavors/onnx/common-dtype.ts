import type { Dtype } from '../../data/dtype.ts';

/** Bits of the float that NumPy needs beside an integer type. */
const floatBits: Readonly<Record<string, number>> = {
  int8: 16,
  uint8: 16,
  int16: 32,
  uint16: 32,
  float16: 16,
  float32: 32,
};

/**
 * The dtype of `DataFrame.values`: what holds every column. Text, dates and booleans beside anything else make
 * objects. Source: pandas 3.1 core/dtypes/cast.py `find_common_type`, NumPy 2 `result_type`.
 */
export function commonDtype(dtypes: readonly Dtype[]): Dtype {
  const distinct = new Set(dtypes);
  const [first = 'float64'] = distinct;
  if (distinct.size <= 1) return first === 'str' ? 'object' : first;
  const names = Array.from(distinct);
  if (!names.every((name) => /^(u?int|float)\d+$/.test(name))) return 'object';
  if (names.some((name) => name.startsWith('float'))) return commonFloat(names);
  const unsigned = widest(names, 'uint');
  const signed = widest(names, 'int');
  if (signed === 0) return `uint${unsigned}` as Dtype;
  const bits = Math.max(signed, unsigned * 2);
  return bits > 64 ? 'float64' : (`int${bits}` as Dtype);
}

function commonFloat(names: readonly Dtype[]): Dtype {
  return `float${Math.max(...names.map((name) => floatBits[name] ?? 64))}` as Dtype;
}

function widest(names: readonly Dtype[], kind: 'int' | 'uint'): number {
  const bits = names.flatMap((name) =>
    name.startsWith(kind) ? [Number(name.slice(kind.length))] : [],
  );
  return Math.max(0, ...bits);
}
