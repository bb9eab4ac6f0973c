/** The shape that nested lists have in common. Source: NumPy 2.4 array_coercion.c. */
import type { PyValue } from '../../data/py-value.ts';

/** Shape up to the depth at which lists still agree; `ragged` when they differ below it. */
export interface ArrayShape {
  readonly shape: readonly number[];
  readonly ragged: boolean;
}

const scalar: ArrayShape = { shape: [], ragged: false };

/** Shape of a value: a scalar has none. */
export function discoverShape(value: PyValue): ArrayShape {
  if (!Array.isArray(value)) return scalar;
  const items = value as readonly PyValue[];
  if (!items.some((item) => Array.isArray(item))) return { shape: [items.length], ragged: false };
  let inner = discoverShape(items[0] ?? null);
  for (const item of items.slice(1)) inner = agree(inner, discoverShape(item));
  return { shape: [items.length, ...inner.shape], ragged: inner.ragged };
}

function agree(a: ArrayShape, b: ArrayShape): ArrayShape {
  const differs = a.shape.findIndex((size, at) => size !== b.shape[at]);
  const depth = differs === -1 ? a.shape.length : differs;
  const same = depth === a.shape.length && depth === b.shape.length;
  if (same) return a.ragged === b.ragged || a.ragged ? a : b;
  return { shape: a.shape.slice(0, depth), ragged: true };
}

/** Elements at `depth`, in C order; what is still a list there stays a list. */
export function flattenList(value: PyValue, depth: number): readonly PyValue[] {
  if (depth === 0) return [value];
  const items = value as readonly PyValue[];
  if (depth === 1) return items;
  const leaves: PyValue[] = [];
  for (const item of items) {
    for (const leaf of flattenList(item, depth - 1)) leaves.push(leaf);
  }
  return leaves;
}
