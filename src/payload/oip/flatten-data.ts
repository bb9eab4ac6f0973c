/** The elements of `data`, whether it is flat or nested like the shape. */
import type { InferInput } from './infer-request.ts';
import { invalidInput, shapeText } from './oip-error.ts';

/** Deeper lists than NumPy has dimensions are refused. */
const deepest = 64;

/**
 * Elements in C order, as many as the shape names. Lists may be nested in any regular way, as for `numpy.array(data).reshape(shape)`.
 *
 * @throws INVALID_INPUT naming the shape and what was given
 */
export function flattenData(input: InferInput, json: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json];
  const leaves = Array.isArray(list[0]) ? flattenNested(list, input.name) : list;
  if (leaves.length === input.count) return leaves;
  const { name, shape, count } = input;
  throw invalidInput(
    name,
    `has the shape ${shapeText(shape)}, which is ${count} elements, but "data" has ${leaves.length}.`,
  );
}

function flattenNested(list: readonly unknown[], name: string): readonly unknown[] {
  let level = list;
  for (let depth = 0; Array.isArray(level[0]); depth += 1) {
    if (depth === deepest)
      throw invalidInput(name, `has "data" nested deeper than ${deepest} levels.`);
    level = openLists(level, name);
  }
  return level;
}

function openLists(lists: readonly unknown[], name: string): readonly unknown[] {
  const length = (lists[0] as readonly unknown[]).length;
  const items: unknown[] = [];
  for (const list of lists) {
    if (!Array.isArray(list) || list.length !== length) {
      throw invalidInput(name, 'has "data" whose nested lists differ in length.');
    }
    for (const item of list as readonly unknown[]) items.push(item);
  }
  return items;
}
