import { describe, expect, it } from 'vitest';
import { dictRowsOf, listOfDicts } from './dict-rows.ts';

const rows = { keys: ['b', 'a'], values: Float32Array.of(0.5, 1, -0, Number.NaN) };
const dicts = [
  new Map([
    ['b', 0.5],
    ['a', 1],
  ]),
  new Map([
    ['b', -0],
    ['a', Number.NaN],
  ]),
];

describe('listOfDicts', () => {
  it.each<readonly [name: string, look: (list: readonly unknown[]) => unknown]>([
    ['an index', (list) => [list[0], list[1]]],
    ['iteration', (list) => Array.from(list)],
    ['map', (list) => list.map((dict) => dict)],
    ['Object.values', (list) => Object.values(list)],
    ['a copy', (list) => list.slice()],
  ])('has its dicts for %s', (_name, look) => {
    expect(look(listOfDicts(rows))).toEqual(dicts);
  });

  it('is an array of one dict a row', () => {
    const list = listOfDicts(rows);
    expect(Array.isArray(list)).toBe(true);
    expect(list).toHaveLength(2);
    expect(list).toEqual(dicts);
    expect(list[0]).toBe(list[0]);
    expect(listOfDicts({ keys: ['a'], values: new Float32Array(0) })).toEqual([]);
  });

  it('tells its numbers to whoever asks', () => {
    expect(dictRowsOf(listOfDicts(rows))).toBe(rows);
    expect(dictRowsOf(dicts)).toBeUndefined();
  });
});
