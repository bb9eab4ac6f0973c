import { describe, expect, it } from 'vitest';
import type { PyDict, PyValue } from '../../data/py-value.ts';
import { pythonRepr } from '../../data/python-repr.ts';
import { vectorValues } from '../../data/vector-values.ts';
import { parseJson } from '../json/parse-json.ts';
import { buildFrame } from './build-frame.ts';

function build(text: string): string {
  const parts = parseJson(Buffer.from(text)) as PyDict;
  const [data = null, columns = null, index = null] = ['data', 'columns', 'index'].map((key) =>
    parts.get(key),
  );
  const frame = buildFrame({ data, columns, index });
  const shown = frame.columns.map(
    ({ label, data: vector }) =>
      `${JSON.stringify(label)} ${vector.dtype} ${pythonRepr(vectorValues(vector) as PyValue)}`,
  );
  const rows = frame.index === undefined ? String(frame.rowCount) : pythonRepr(frame.index);
  return [rows, ...shown].join('; ');
}

// Expected values are those of pandas 3.1.1.
describe('buildFrame', () => {
  it.each([
    ['{"data":[[1,2],[3]]}', '2; 0 int64 [1, 3]; 1 float64 [2.0, nan]'],
    ['{"data":[[true,false],[true]]}', '2; 0 bool [True, True]; 1 object [False, None]'],
    [
      '{"data":[["a",1],[null,2]],"columns":["x","y"]}',
      '2; "x" str [\'a\', nan]; "y" int64 [1, 2]',
    ],
    ['{"data":[[1],"ab"]}', "2; 0 object [1, 'a']; 1 str [nan, 'b']"],
    ['{"data":[null,[1]]}', '2; 0 object [None, [1]]'],
    ['{"data":[1,null],"columns":["a"]}', '2; "a" float64 [1.0, nan]'],
    ['{"data":[18446744073709551615]}', '1; 0 uint64 [18446744073709551615]'],
    ['{"data":[9223372036854775808,-1]}', '2; 0 object [9223372036854775808, -1]'],
    ['{"data":[{"a":1},{"b":2}]}', '2; "a" float64 [1.0, nan]; "b" float64 [nan, 2.0]'],
    ['{"data":[{"a":1},[]]}', '2; "a" float64 [1.0, nan]'],
    ['{"data":[{"a":1,"b":2}],"columns":["b","c"]}', '1; "b" int64 [2]; "c" float64 [nan]'],
    ['{"data":[],"columns":["a"]}', '0; "a" object []'],
    ['{"data":[],"columns":["a"],"index":[1,2]}', '[1, 2]; "a" object [nan, nan]'],
    ['{"data":[[],[]]}', '2'],
    ['{"data":{"a":[1,2],"b":"x"}}', '2; "a" int64 [1, 2]; "b" str [\'x\', \'x\']'],
    ['{"data":{"a":[1,2]},"columns":["a","c"]}', '2; "a" int64 [1, 2]; "c" object [nan, nan]'],
    ['{"data":{"a":[]}}', '0; "a" float64 []'],
    [
      '{"data":{"a":{"x":1},"b":{"y":2}}}',
      '[\'x\', \'y\']; "a" float64 [1.0, nan]; "b" float64 [nan, 2.0]',
    ],
    ['{"data":5,"index":[1],"columns":["a"]}', '[1]; "a" int64 [5]'],
    ['{"data":[[1]],"index":[5,6]}', '[5, 6]; 0 int64 [1, 1]'],
    ['{"data":[[1],[2]],"index":[[1,2],["a","b"]]}', "[[1, 'a'], [2, 'b']]; 0 int64 [1, 2]"],
    [
      '{"data":[[1,2]],"columns":[["a","b"],["x","y"]]}',
      '1; ["a","x"] int64 [1]; ["b","y"] int64 [2]',
    ],
    ['{"data":null}', '0'],
  ])('builds %s', (text, expected) => {
    expect(build(text)).toBe(expected);
  });

  it.each([
    ['{"data":5}', 'DataFrame constructor not properly called!'],
    ['{"data":[[1],null]}', "object of type 'NoneType' has no len()"],
    ['{"data":[[1,2]],"columns":["a"]}', '1 columns passed, passed data had 2 columns'],
    [
      '{"data":[1,2],"columns":["a","b"]}',
      'Shape of passed values is (2, 1), indices imply (2, 2)',
    ],
    ['{"data":[[1],[2]],"index":["x"]}', 'Length of values (2) does not match length of index (1)'],
    ['{"data":{"a":1}}', 'If using all scalar values, you must pass an index'],
    ['{"data":{"a":[1,2],"b":[1]}}', 'All arrays must be of the same length'],
    ['{"data":{"a":{"x":1},"b":[1]}}', 'Mixing dicts with non-Series'],
    ['{"data":[{"a":1},5]}', "'int' object is not iterable"],
    ['{"data":[{"a":1},"xy"]}', 'dictionary update sequence element #0 has length 1'],
    [
      '{"data":[[1]],"columns":"a"}',
      "must be called with a collection of some kind, 'a' was passed",
    ],
    [String.raw`{"data":[["\ud800"]]}`, 'surrogates not allowed'],
  ])('refuses %s', (text, message) => {
    expect(() => build(text)).toThrow(message);
  });
});
