import { describe, expect, it } from 'vitest';
import { boundedRepr } from '../data/bounded-repr.ts';
import type { Frame } from '../data/frame.ts';
import { isNdArray } from '../data/nd-array.ts';
import type { PyValue } from '../data/py-value.ts';
import { vectorValues } from '../data/vector-values.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import { parseSignature } from '../model/parse-signature.ts';
import type { ScalarType, Signature, TensorSpec, ValueType } from '../model/signature.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { type DecodedRequest, decodeRequest } from './decode-request.ts';

const options = { compat: 'slipway', lenientTypes: false } as const;

function columns(types: Readonly<Record<string, ScalarType>>): Signature {
  const specs = Object.entries(types).map(([name, type]) => ({
    name,
    type: { kind: 'scalar', type } as const,
    required: true,
  }));
  return {
    inputs: { kind: 'columns', columns: specs },
    outputs: null,
    params: null,
    fromTypeHint: false,
  };
}

function makeOptional(signature: Signature): Signature {
  const { inputs } = signature;
  if (inputs?.kind !== 'columns') return signature;
  const specs = inputs.columns.map((spec) => ({ ...spec, required: false }));
  return { ...signature, inputs: { kind: 'columns', columns: specs } };
}

function tensor(spec: Partial<TensorSpec> & Pick<TensorSpec, 'dtype'>): Signature {
  const tensors = [{ dtypeName: String(spec.dtype), shape: [-1], ...spec }];
  return { inputs: { kind: 'tensors', tensors }, outputs: null, params: null, fromTypeHint: false };
}

function decode(
  body: string,
  signature: Signature | null = null,
  lenientTypes = false,
): DecodedRequest {
  const decoded = decodeRequest(Buffer.from(body), 'application/json', signature, {
    ...options,
    lenientTypes,
  });
  if (decoded instanceof Promise) throw new TypeError('JSON is decoded at once');
  return decoded;
}

/** An array as dtype, shape and values. */
function show(value: PyValue): string {
  if (isNdArray(value)) {
    return `${value.data.dtype} [${value.shape.join(',')}] ${boundedRepr([...vectorValues(value.data)])}`;
  }
  if (value instanceof Map)
    return Array.from(value, ([key, item]) => `${key}: ${show(item as PyValue)}`).join('; ');
  return boundedRepr(value);
}

// Expected values are those of MLflow 3.17.2.
describe('decodeRequest', () => {
  it.each([
    ['[[1,2],[3,4]]', 'int64 [2,2] [1, 2, 3, 4]'],
    ['[1,true]', 'int64 [2] [1, 1]'],
    ['[1.5,"a",true]', "str [3] ['1.5', 'a', 'True']"],
    ['[9223372036854775808,-1]', 'float64 [2] [9.223372036854776e+18, -1.0]'],
    ['[9223372036854775808]', 'uint64 [1] [9223372036854775808]'],
    ['[1,null]', 'object [2] [1, None]'],
    ['[[]]', 'float64 [1,0] []'],
    ['2.5', 'float64 [] [2.5]'],
    ['{"a":[1],"b":"x"}', "a: int64 [1] [1]; b: str [] ['x']"],
  ])('reads inputs %s without a signature', (inputs, expected) => {
    expect(show(decode(`{"inputs":${inputs}}`).data)).toBe(expected);
  });

  it('turns instances into columns', () => {
    const { data } = decode('{"instances":[{"a":1,"b":[1.5,2]},{"a":2,"b":["x","y"]}]}');
    expect(show(data)).toBe("a: int64 [2] [1, 2]; b: str [2,2] ['1.5', '2.0', 'x', 'y']");
  });

  it('converts inputs to the types of the signature', () => {
    const signature = columns({ i: 'integer', s: 'string', x: 'binary', t: 'datetime' });
    const { data } = decode(
      '{"inputs":{"i":["1",2.9],"s":[1,null],"x":["aA==","b"],"t":["2024-01-02","NaT"]}}',
      signature,
    );
    expect(show(data)).toMatch(
      /^i: int32 \[2\] \[1, 2\]; s: str \[2\] \['1', 'None'\]; x: bytes \[2\] \[b'aA==', b'b'\]; t: datetime64\[ns\] \[2\] /,
    );
  });

  it('gives a tensor its dtype, and a bare list to the only name', () => {
    expect(show(decode('{"inputs":[[1,"2.5",null]]}', tensor({ dtype: 'float32' })).data)).toBe(
      'float32 [1,3] [1.0, 2.5, nan]',
    );
    expect(show(decode('{"inputs":[1,2]}', tensor({ dtype: 'int32', name: 'a' })).data)).toBe(
      'a: int32 [2] [1, 2]',
    );
  });

  it('keeps params and unknown keys apart', () => {
    const { data, params, unified } = decode('{"inputs":[1],"params":{"a":1},"zz":2}');
    expect([show(data), show(params), unified]).toEqual(['int64 [1] [1]', 'a: 1', false]);
  });

  it('leaves LLM requests as they are', () => {
    const signature: Signature = {
      inputs: null,
      outputs: null,
      params: [{ name: 'n', type: { kind: 'scalar', type: 'long' }, default: 1n, shape: null }],
      fromTypeHint: false,
    };
    const { data, params, unified } = decode('{"prompt":"x","inputs":[1],"n":2}', signature);
    expect([show(data), show(params), unified]).toEqual(["prompt: 'x'; inputs: [1]", 'n: 2', true]);
  });

  it('hands the raw value to a model with type hints', () => {
    const signature = { ...columns({ a: 'long' }), fromTypeHint: true };
    expect(decode('{"inputs":["x",1.0]}', signature).data).toEqual(['x', 1]);
    expect(() => decode('{"dataframe_split":{}}', signature)).toThrow(
      "Found keys in payload: dict_keys(['dataframe_split']).",
    );
  });

  it.each([
    ['[1]', 'Received a list.'],
    ['5', "Received unexpected input type '<class 'int'>."],
    ['{}', 'Received dictionary with input fields: [].'],
    [
      '{"inputs":1,"instances":1}',
      "Received dictionary with input fields: ['inputs', 'instances'].",
    ],
    ['{"dataframe_split":[]}', 'Dataframe split format must be a dictionary. Got list.'],
    ['{"dataframe_split":{"columns":[]}}', "Got {'columns'}.'"],
    [
      '{"dataframe_records":{}}',
      'Dataframe records format must be a list of records. Got dictionary.',
    ],
    [
      '{"inputs":[[1],[2,3]]}',
      'inhomogeneous shape after 1 dimensions. The detected shape was (2,)',
    ],
    [
      '{"instances":{"a":[1],"b":[1,2]}}',
      'The length of values for each input/column name are not the same',
    ],
    ['{"instances":[{"a":1},[1]]}', "'list' object has no attribute 'items'"],
  ])('refuses %s', (body, message) => {
    expect(() => decode(body)).toThrow(message);
  });

  it('names row, column, value and type of what it cannot cast', () => {
    const body = '{"dataframe_split":{"columns":["a"],"data":[["1"],["x"]]}}';
    try {
      decode(body, columns({ a: 'double' }));
      expect.unreachable();
    } catch (error) {
      if (!isSlipwayError(error)) throw error;
      expect(error.message).toBe(
        "Invalid input. Data is not compatible with model signature. Failed to convert column a to type 'float64'. " +
          `Error: 'ValueError("could not convert string to float: 'x'")' (row 1, value 'x')`,
      );
      expect(error.details).toEqual({ column: 'a', expectedType: 'float64', row: 1, value: "'x'" });
    }
  });

  it.each(['inputs', 'instances'])('accepts whole numbers in lists of doubles in %s', (format) => {
    const signature = parseSignature(
      { inputs: '[{"name": "a", "type": "array", "items": {"type": "double"}}]' },
      { file: 'MLmodel', fromTypeHint: false },
    );
    const data = format === 'inputs' ? '{"a": [3, 4]}' : '[{"a": [3, 4]}]';
    const body = Buffer.from(`{"${format}": ${data}}`);
    const decodeWith = (lenientTypes: boolean): unknown =>
      decodeRequest(body, 'application/json', signature, { compat: 'slipway', lenientTypes });
    expect(() => decodeWith(false)).toThrow('Can not safely convert');
    expect(decodeWith(true)).toMatchObject({ data: new Map([['a', { kind: 'array' }]]) });
  });

  it('refuses with lenient types what would lose something, and nothing else', () => {
    const body = (cell: string): string =>
      `{"dataframe_split":{"columns":["a"],"data":[[${cell}]]}}`;
    const lenient = (cell: string, type: ScalarType): DecodedRequest =>
      decode(body(cell), columns({ a: type }), true);
    expect(() => lenient('2.5', 'long')).toThrow('not a whole number');
    expect(() => lenient('3000000000', 'integer')).toThrow('out of range');
    expect(() => lenient('"false"', 'boolean')).toThrow('not a boolean');
    expect(lenient('1.0', 'long').data).toMatchObject({ rowCount: 1 });
    expect(lenient('null', 'double').data).toMatchObject({ rowCount: 1 });
    const optional = makeOptional(columns({ a: 'long' }));
    const kept = decode(
      '{"dataframe_split":{"columns":["a"],"data":[[1],[null]]}}',
      optional,
      true,
    );
    expect(enforceInput(kept.data, optional, { ...options, lenientTypes: true })).toMatchObject({
      columns: [{ label: 'a', data: { dtype: 'float64' } }],
    });
  });
});

describe('lenient types', () => {
  it('cast rows without names column by column', () => {
    const column = (type: 'double' | 'long') =>
      ({ type: { kind: 'scalar', type }, required: true }) as const;
    const signature = {
      inputs: { kind: 'columns', columns: [column('double'), column('long')] },
      outputs: null,
      params: null,
      fromTypeHint: false,
    } as const;
    const body = Buffer.from('{"inputs": [[1.5, 2], [2, 9007199254740993]]}');
    const lenient = { compat: 'slipway', lenientTypes: true } as const;
    expect(decodeRequest(body, 'application/json', signature, lenient)).toMatchObject({
      data: {
        columns: [
          { data: { dtype: 'float64', values: Float64Array.of(1.5, 2) } },
          { data: { dtype: 'int64', values: BigInt64Array.of(2n, 9007199254740993n) } },
        ],
      },
    });
  });
});

describe('lenient types in every form', () => {
  const optionalLong = makeOptional(columns({ n: 'long' }));
  const forms: readonly (readonly [string, (cells: readonly string[]) => string])[] = [
    [
      'dataframe_split',
      (cells) => `{"columns":["n"],"data":[${cells.map((c) => `[${c}]`).join()}]}`,
    ],
    ['dataframe_records', (cells) => `[${cells.map((c) => `{"n":${c}}`).join()}]`],
    ['inputs', (cells) => `{"n":[${cells.join()}]}`],
    ['instances', (cells) => `[${cells.map((c) => `{"n":${c}}`).join()}]`],
  ];
  const cases = forms.map(([key, form]) => {
    const read = (cells: readonly string[], signature: Signature): string => {
      const { data } = decode(`{"${key}":${form(cells)}}`, signature, true);
      const enforced = enforceInput(data, signature, { ...options, lenientTypes: true }) as Frame;
      const [column] = enforced.columns;
      if (column === undefined) throw new Error('no column');
      return `${column.data.dtype} ${boundedRepr([...vectorValues(column.data)])}`;
    };
    return [key, read] as const;
  });

  it.each(cases)('keep every digit of integers beside nulls in %s', (_key, read) => {
    expect(read(['9007199254740993', 'null'], optionalLong)).toBe(
      'object [9007199254740993, None]',
    );
    expect(read(['5', 'null'], optionalLong)).toBe('float64 [5.0, nan]');
    expect(read(['9007199254740993'], optionalLong)).toBe('int64 [9007199254740993]');
    expect(() => read(['9223372036854775808', 'null'], optionalLong)).toThrow();
    expect(() => read(['5', 'null'], columns({ n: 'long' }))).toThrow();
  });

  it.each(cases)('take what loses nothing and refuse the rest in %s', (_key, read) => {
    expect(read(['1.0', '"7"'], columns({ n: 'long' }))).toBe('int64 [1, 7]');
    expect(() => read(['1.5'], columns({ n: 'long' }))).toThrow(/not a whole number/);
    expect(() => read(['4294967296'], columns({ n: 'integer' }))).toThrow(/32-bit/);
    expect(() => read(['"false"'], columns({ n: 'boolean' }))).toThrow(/not a boolean/);
    expect(read(['1', '0'], columns({ n: 'boolean' }))).toBe('bool [True, False]');
    expect(read(['9007199254740992', '1'], columns({ n: 'double' }))).toBe(
      'float64 [9007199254740992.0, 1.0]',
    );
    expect(() => read(['9007199254740993', '1'], columns({ n: 'double' }))).toThrow(/2\^53/);
    expect(() => read(['9007199254740993', 'null'], columns({ n: 'double' }))).toThrow(/2\^53/);
    expect(read(['9007199254740993.0'], columns({ n: 'double' }))).toBe(
      'float64 [9007199254740992.0]',
    );
  });

  // In the other two a column of arrays is one array: above.
  it.each(cases.slice(0, 2))('take integers for doubles inside arrays in %s', (_key, read) => {
    const type: ValueType = { kind: 'array', items: { kind: 'scalar', type: 'double' } };
    const signature: Signature = {
      ...columns({}),
      inputs: { kind: 'columns', columns: [{ name: 'n', type, required: true }] },
    };
    expect(read(['[5,6]'], signature)).toMatch(/5\.0.*6\.0/);
    expect(() => read(['[9007199254740993]'], signature)).toThrow();
  });
});
