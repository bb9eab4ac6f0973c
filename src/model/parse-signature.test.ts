/** Every rule of signatures; what MLflow 3.17.2 does with each text was tried with it. */
import { describe, expect, it } from 'vitest';
import { describeParam, describeSchema } from './describe-signature.ts';
import { parseSignature } from './parse-signature.ts';
import { inputNames, isNamedSchema, type Signature } from './signature.ts';

function parse(part: 'inputs' | 'params', json: string): Signature {
  const signature = parseSignature({ [part]: json }, { file: 'MLmodel' });
  if (signature === null) throw new Error('no signature');
  return signature;
}

function inputs(json: string): readonly string[] {
  const schema = parse('inputs', json).inputs;
  return schema === null ? [] : describeSchema(schema);
}

function tensor(dtype: string, shape = '[-1]'): string {
  return `[{"type":"tensor","tensor-spec":{"dtype":"${dtype}","shape":${shape}}}]`;
}

function param(type: string, value: string, more = ''): string {
  const { params } = parse('params', `[{"name":"p","type":"${type}","default":${value}${more}}]`);
  return params?.[0] === undefined ? '' : describeParam(params[0]);
}

describe('columns', () => {
  it.each([
    ['[{"type":"double","name":"a"}]', "'a': double (required)"],
    ['[{"type":"double","name":null}]', 'double (required)'],
    ['[{"type":"double","required":null}]', 'double (optional)'],
    ['[{"type":"double","name":"a","optional":true}]', "'a': double (optional)"],
    ['[{"type":"double","name":7}]', '7: double (required)'],
    ['[{"type":"array","items":{"type":"double"}}]', 'Array(double) (optional)'],
    ['[{"type":"sparkml_vector","name":"v","required":true}]', "'v': SparkML vector (required)"],
    ['[{"type":"any","required":true}]', 'Any (required)'],
    [
      '[{"type":"map","values":{"type":"array","items":{"type":"long"}},"required":true}]',
      'Map(str -> Array(long)) (required)',
    ],
    [
      '[{"type":"object","properties":{"b":{"type":"any"},"a":{"type":"string","required":false}},"required":true}]',
      '{a: string (optional), b: Any (required)} (required)',
    ],
  ])('%s', (json, text) => {
    expect(inputs(json)).toEqual([text]);
  });

  it('are named by position where the name is empty, and by integers where the file says so', () => {
    const text =
      '[{"type":"long","name":""},{"type":"long","name":"b"},{"type":"long","name":3},{"type":"long","name":0}]';
    const schema = parse('inputs', text).inputs;
    expect(schema && isNamedSchema(schema)).toBe(true);
    expect(schema && inputNames(schema)).toEqual([0, 'b', 3, 0]);
  });
});

describe('tensors', () => {
  it.each([
    ['float32', 'float32', 'float32'],
    ['<f8', 'float64', 'float64'],
    ['int', 'int64', 'int64'],
    ['b', 'int8', 'int8'],
    ['?', 'bool', 'bool'],
    ['<U3', 'str', 'str'],
    ['O', 'object', 'object'],
    ['M8[ns]', 'datetime64[ns]', 'datetime64[ns]'],
    ['complex64', null, 'complex64'],
  ])('normalise %s', (name, dtype, dtypeName) => {
    expect(parse('inputs', tensor(name)).inputs).toEqual({
      kind: 'tensors',
      tensors: [{ dtype, dtypeName, shape: [-1] }],
    });
  });

  it.each(['string', 'str128', 'float96', 'datetime64[xx]', ''])('refuse %j', (name) => {
    expect(() => inputs(tensor(name))).toThrow(/dtype: expected the name of a NumPy dtype/);
  });
});

describe('params', () => {
  it.each([
    ['integer', '99999999999999999999', "'p': integer (default: 99999999999999999999)"],
    ['double', '1', "'p': double (default: 1.0)"],
    ['double', 'NaN', "'p': double (default: NaN)"],
    ['boolean', 'true', "'p': boolean (default: True)"],
    ['string', 'null', "'p': string (default: None)"],
    ['datetime', '"2020-01"', "'p': datetime (default: 2020-01-01)"],
    ['datetime', '"2020-01-01T00:30:00+01:00"', "'p': datetime (default: 2019-12-31 23:30:00)"],
    ['long', '[1, null],"shape":[-1]', "'p': long (default: [1, None]) (shape: (-1,))"],
    [
      'object',
      '{"k":1},"properties":{"k":{"type":"double"}}',
      "'p': {k: double (required)} (default: {k: 1})",
    ],
  ])('of type %s take %s', (type, value, text) => {
    expect(param(type, value)).toBe(text);
  });

  it.each([
    ['integer', '1.0'],
    ['integer', 'true'],
    ['double', 'true'],
    ['double', '"1"'],
    ['string', '1'],
    ['boolean', '1'],
    ['long', '[1]'],
    ['long', '1,"shape":[-1]'],
    ['long', '[[1]],"shape":[-1]'],
    ['datetime', '5'],
    ['datetime', '"x"'],
    ['datetime', '"20200101"'],
    ['datetime', '"2020-02-30"'],
    ['datetime', '"2020-01-01T24:00"'],
    ['datetime', '"2020-01-01T10:00:00.1234567"'],
    ['object', '{"k":"v","z":1},"properties":{"k":{"type":"string"}}'],
    ['object', '{},"properties":{"k":{"type":"string"}}'],
    ['object', 'null,"properties":{"k":{"type":"string"}}'],
  ])('of type %s refuse %s', (type, value) => {
    expect(() => param(type, value)).toThrow(/params\[0\]\.default.*: expected/);
  });

  it('may call their type dtype, as MLflow 2.9 does, and may be none', () => {
    const { params } = parse('params', '[{"name":5,"dtype":"long","default":1,"x":0}]');
    expect(params?.map((spec) => describeParam(spec))).toEqual(["'5': long (default: 1)"]);
    expect(parse('params', '[]').params).toEqual([]);
  });
});

describe('a signature is refused', () => {
  it.each([
    [
      'inputs',
      '[]',
      'MLmodel: signature.inputs: expected a list with at least one column or tensor, got an empty list',
    ],
    ['inputs', '{', 'MLmodel: signature.inputs: expected a JSON text, got "{"'],
    ['inputs', '[5]', 'MLmodel: signature.inputs[0]: expected a map with a type, got 5'],
    [
      'inputs',
      '[{"type":"doubble"}]',
      /inputs\[0\]\.type: expected one of boolean, .* got "doubble"/,
    ],
    ['inputs', '[{"type":"array"}]', /inputs\[0\]\.items: expected a map with a type, got nothing/],
    ['inputs', '[{"type":"object","properties":{}}]', /at least one property/],
    [
      'inputs',
      '[{"type":"long","name":"a"},{"type":"long"}]',
      /inputs\[1\]\.name: expected a name, since/,
    ],
    ['inputs', '[{"type":"long","required":false}]', /a name, since it is optional/],
    ['inputs', '[{"type":"long","name":1.5}]', /name: expected a string or an integer, got 1.5/],
    [
      'inputs',
      `[{"type":"long","name":"a"},${tensor('int8').slice(1)}`,
      /only columns or only tensors/,
    ],
    ['inputs', `[${tensor('int8').slice(1, -1)},${tensor('int8').slice(1)}`, /several tensors/],
    ['inputs', tensor('int8', '[-1, 1.5]'), /shape\[1\]: expected a size, or -1 for any, got 1.5/],
    [
      'params',
      '[{"name":"p","type":"binary","default":"a"}]',
      /params\[0\]\.type: expected one of/,
    ],
    ['params', '[{"name":"p","type":"array","default":[]}]', /params\[0\]\.type: expected one of/],
    ['params', '[{"name":"p","type":"long"}]', /default: expected a value, got nothing/],
    ['params', '[{"name":"p","type":"long","default":[1],"shape":[2]}]', /shape: expected null/],
    [
      'params',
      '[{"name":"p","type":"long","default":1},{"name":"p","type":"long","default":1}]',
      /params\[1\]\.name: expected a name of its own/,
    ],
  ] as const)('%s: %s', (part, json, message) => {
    expect(() => parse(part, json)).toThrow(message);
  });

  it('when it is not a map, or a part is not a text', () => {
    expect(() => parseSignature([])).toThrow(/expected a map with inputs/);
    expect(() => parseSignature({ inputs: [] })).toThrow(/inputs: expected a JSON text/);
  });
});

it('has parts that may be absent', () => {
  expect(parseSignature(null)).toBeNull();
  expect(parseSignature({ inputs: '', outputs: null }, { fromTypeHint: true })).toEqual({
    inputs: null,
    outputs: null,
    params: null,
    fromTypeHint: true,
  });
});
