import { describe, expect, it } from 'vitest';
import { type DictRows, dictRowsOf, listOfDicts } from './dict-rows.ts';
import type { PyDict } from './py-value.ts';

/** Of so many dicts they are put off, of fewer not. */
const counts = [2, 8];

function rowsOf(count: number): DictRows {
  const numbers = Array.from({ length: count }, (_, row) => [row / 2, row % 2 === 0 ? -0 : NaN]);
  return { keys: ['b', 'a'], values: Float32Array.from(numbers.flat()) };
}

function dictsOf(count: number): readonly PyDict[] {
  return Array.from({ length: count }, (_, row) => {
    return new Map([
      ['b', row / 2],
      ['a', row % 2 === 0 ? -0 : NaN],
    ]);
  });
}

const looks: readonly (readonly [name: string, look: (list: readonly unknown[]) => unknown])[] = [
  ['indexes', (list) => Array.from(list.keys(), (at) => list[at])],
  ['iteration', (list) => Array.from(list)],
  ['map', (list) => list.map((dict) => dict)],
  ['Object.values', (list) => Object.values(list)],
  ['a copy', (list) => list.slice()],
];

describe.each(counts)('listOfDicts of %d rows', (count) => {
  it.each(looks)('has its dicts for %s', (_name, look) => {
    expect(look(listOfDicts(rowsOf(count)))).toEqual(dictsOf(count));
  });

  it('is an array of one dict a row', () => {
    const list = listOfDicts(rowsOf(count));
    expect(Array.isArray(list)).toBe(true);
    expect(list).toHaveLength(count);
    expect(list).toEqual(dictsOf(count));
    expect(list[0]).toBe(list[0]);
  });
});

it('tells the numbers of dicts that were put off', () => {
  const rows = rowsOf(8);
  expect(dictRowsOf(listOfDicts(rows))).toBe(rows);
  expect(dictRowsOf(dictsOf(8))).toBeUndefined();
  expect(listOfDicts({ keys: ['a'], values: new Float32Array(0) })).toEqual([]);
});
