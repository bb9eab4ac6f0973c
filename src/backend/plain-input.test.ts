import { describe, expect, it } from 'vitest';
import type { ColumnSpec, Signature } from '../model/signature.ts';
import { readPlainInput } from './plain-input.ts';

const double = (name: string): ColumnSpec => ({
  name,
  type: { kind: 'scalar', type: 'double' },
  required: true,
});

const signature: Signature = {
  inputs: { kind: 'columns', columns: [double('a'), double('b')] },
  outputs: null,
  params: null,
  fromTypeHint: false,
};

describe('readPlainInput', () => {
  it('takes records', () => {
    expect(readPlainInput([{ a: 1, b: -0 }], signature)).toEqual({
      kind: 'request',
      body: '{"dataframe_records":[{"a":1,"b":-0.0}]}',
    });
  });

  it('names rows by the signature where it has as many columns', () => {
    expect(readPlainInput([[1.5, 2n ** 60n]], signature)).toEqual({
      kind: 'request',
      body: '{"dataframe_split":{"columns":["a","b"],"data":[[1.5,1152921504606846976]]}}',
    });
    expect(readPlainInput([[1]], signature)).toEqual({
      kind: 'request',
      body: '{"dataframe_split":{"data":[[1]]}}',
    });
  });

  it('takes columns of plain values, with every kind of value', () => {
    const input = { a: [Number.NaN, 1e300], b: [new Date(0), Uint8Array.of(1, 2)] };
    expect(readPlainInput(input, null)).toEqual({
      kind: 'request',
      body: '{"dataframe_split":{"columns":["a","b"],"data":[[NaN,"1970-01-01T00:00:00.000"],[1e+300,"AQI="]]}}',
    });
  });

  it('hands typed columns and tensors over as they are', () => {
    const values = Float32Array.of(1, 2);
    expect(readPlainInput({ a: values }, signature)).toMatchObject({
      kind: 'data',
      data: {
        kind: 'frame',
        rowCount: 2,
        columns: [{ label: 'a', data: { dtype: 'float32', values } }],
      },
    });
    expect(readPlainInput({ data: values, shape: [2, 1] }, signature)).toMatchObject({
      kind: 'data',
      data: { kind: 'array', shape: [2, 1], data: { dtype: 'float32' } },
    });
  });

  it('refuses columns that differ in length', () => {
    expect(() => readPlainInput({ a: [1], b: [1, 2] }, signature)).toThrow('differ in length');
    expect(() =>
      readPlainInput({ a: Float32Array.of(1), b: Float32Array.of(1, 2) }, signature),
    ).toThrow('differ in length');
  });
});
