import fc from 'fast-check';
import { expect, it } from 'vitest';
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
