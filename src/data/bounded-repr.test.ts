import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedRepr, boundedStr } from './bounded-repr.ts';
import { ndArray } from './nd-array.ts';
import type { PyValue } from './py-value.ts';

describe('boundedRepr', () => {
  it.each<readonly [PyValue, string]>([
    [null, 'None'],
    [true, 'True'],
    [1n, '1'],
    [1, '1.0'],
    ["it's", `"it's"`],
    [[1n, 'a'], "[1, 'a']"],
    [new Map([['a', [null]]]), "{'a': [None]}"],
    [{ kind: 'scalar', dtype: 'float32', value: 1 }, 'np.float32(1.0)'],
    [ndArray({ dtype: 'int64', values: BigInt64Array.of(1n, 2n) }, [1, 2]), 'array([[1, 2]])'],
  ])('%o is %s', (value, text) => {
    expect(boundedRepr(value)).toBe(text);
  });

  it('writes a string without quotes as str does', () => {
    expect(boundedStr('a')).toBe('a');
  });

  it('stays within the bound, whatever it is given', () => {
    const { value } = fc.letrec<{ value: PyValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ maxLength: 200 }),
        fc.array(tie('value')),
        fc
          .dictionary(fc.string(), tie('value'))
          .map((dict): PyValue => new Map(Object.entries(dict))),
      ),
    }));
    fc.assert(fc.property(value, (data) => boundedRepr(data, 50).length <= 51));
  });

  it('does not walk through all of a long list', () => {
    const row: PyValue[] = Array.from({ length: 1000 }, () => 'x');
    let data: PyValue = row;
    for (let depth = 0; depth < 5; depth++) data = Array.from<PyValue>({ length: 1000 }).fill(data);
    expect(boundedRepr(data).endsWith('…')).toBe(true);
  });
});
