import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listOfDicts } from '../data/dict-rows.ts';
import type { PyDict, PyValue } from '../data/py-value.ts';
import { encodeDicts } from './encode-dicts.ts';
import { encodeValue } from './encode-value.ts';

const options = { nonFinite: 'tokens', wrap: false } as const;

/** Each dict by itself, which never goes the quick way. */
function encodeOneByOne(dicts: readonly PyValue[]): string {
  return dicts.map((dict) => encodeValue(dict, options)).join(', ');
}

it('writes dicts of equal keys as one by one', () => {
  const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 });
  const lists = fc.tuple(keys, fc.array(fc.double(), { minLength: 40, maxLength: 80 }));
  fc.assert(
    fc.property(lists, ([names, numbers]) => {
      const dicts = Array.from(
        { length: 10 },
        (_, row): PyDict =>
          new Map(names.map((name, at) => [name, numbers[row * names.length + at] as number])),
      );
      expect(encodeDicts(dicts)).toBe(encodeOneByOne(dicts));
    }),
  );
});

it('writes more numbers than the kernel takes at once', () => {
  const dicts = Array.from(
    { length: 5000 },
    (_, row) =>
      new Map([
        ['0', row / 3],
        ['1', Math.fround(row / 7)],
      ]),
  );
  expect(encodeValue(dicts, options)).toBe(`[${encodeOneByOne(dicts)}]`);
});

it.each([
  ['no rows', ['a'], []],
  ['few rows', ['a', 'é"'], [1, 2, 0.1, Number.NaN]],
  ['many rows', ['1', '2', '3'], Array.from({ length: 30_000 }, (_, at) => Math.sin(at))],
  ['keys that are too long for the kernel', ['k'.repeat(60_000), 'b'], [1, 2]],
])('writes numbers that show themselves as dicts as those dicts: %s', (_name, keys, numbers) => {
  const values = Float32Array.from(numbers);
  const rows = Array.from({ length: values.length / keys.length }, (_, row) => row * keys.length);
  const dicts = rows.map((from) => new Map(keys.map((key, at) => [key, values[from + at]!])));
  const list = listOfDicts({ keys, values });
  expect(encodeValue(list, options)).toBe(`[${encodeOneByOne(dicts)}]`);
  const strict = { ...options, nonFinite: 'null' } as const;
  expect(encodeValue(list, strict)).toBe(encodeValue(dicts, strict));
});

const same = (count: number, dict: PyDict): PyDict[] => Array.from({ length: count }, () => dict);
const one: PyDict = new Map([['a', 1]]);

it.each<readonly [name: string, dicts: readonly PyValue[]]>([
  ['another key', [...same(9, one), new Map([['b', 1]])]],
  [
    'more keys',
    [
      ...same(9, one),
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
    ],
  ],
  ['fewer keys', [...same(9, one), new Map()]],
  [
    'another order',
    [
      ...same(
        9,
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
      ),
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
    ],
  ],
  ['an int', [...same(9, one), new Map<string, PyValue>([['a', 1n]])]],
  ['something else', [...same(9, one), null]],
  ['no keys', same(9, new Map())],
  ['few dicts', same(7, one)],
])('leaves %s to the general way', (_name, dicts) => {
  expect(encodeDicts(dicts)).toBeNull();
  expect(encodeValue(dicts, options)).toBe(`[${encodeOneByOne(dicts)}]`);
});
