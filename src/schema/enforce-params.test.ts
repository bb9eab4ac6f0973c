import { describe, expect, it } from 'vitest';
import type { PyValue } from '../data/py-value.ts';
import type { ParamSpec, ScalarType } from '../model/signature.ts';
import { enforceParams } from './enforce-params.ts';

const options = { compat: 'slipway', lenientTypes: false } as const;

function param(
  name: string,
  type: ScalarType,
  fallback: PyValue,
  shape: readonly number[] | null = null,
): ParamSpec {
  return { name, type: { kind: 'scalar', type }, default: fallback, shape };
}

const specs = [
  param('a', 'long', 1n),
  param('b', 'double', 0.5),
  param('l', 'string', ['s'], [-1]),
];

function given(params: Readonly<Record<string, PyValue>>): PyValue {
  return new Map(Object.entries(params));
}

describe('enforceParams', () => {
  it('hands over null or an empty dict where there is no schema', () => {
    expect(enforceParams(null, null, options)).toBeNull();
    expect(enforceParams(given({}), null, options)).toEqual(new Map());
    expect(enforceParams(given({ a: 1n }), null, options)).toEqual(new Map());
    expect(enforceParams('no dict', null, options)).toEqual(new Map());
  });

  it('puts given keys first, then defaults, and drops unknown ones', () => {
    const result = enforceParams(given({ b: 2n, z: 1n }), specs, options);
    expect(Array.from(result ?? [])).toEqual([
      ['b', 2],
      ['a', 1n],
      ['l', ['s']],
    ]);
    expect(Array.from(enforceParams(null, specs, options)?.keys() ?? [])).toEqual(['a', 'b', 'l']);
  });

  it('accepts null for a scalar, not for a list', () => {
    expect(enforceParams(given({ a: null }), specs, options)?.get('a')).toBeNull();
    expect(() => enforceParams(given({ l: null }), specs, options)).toThrow(/1D array/);
  });

  it('refuses anything but a dict', () => {
    expect(() => enforceParams([], specs, options)).toThrow(
      "Parameters must be a dictionary. Got type 'list'.",
    );
  });

  it('collects every failure, in the order of the schema', () => {
    expect(() => enforceParams(given({ l: 5n, a: '5' }), specs, options)).toThrow(
      "Invalid parameters found: {('a', \"Failed to validate type and shape for 'a': long (default: 1), error: " +
        "Can not safely convert `<class 'str'>` to `DataType.long` for value `5`\"), " +
        "('l', \"Value must be a 1D array with shape (-1,) for param 'l': string (default: ['s']) (shape: (-1,)), " +
        'received int with ndim 0")}',
    );
  });
});
