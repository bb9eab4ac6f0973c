import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScalarType, Signature } from '../../model/signature.ts';
import { decodeJsonRequest } from '../decode-json-request.ts';
import { decodeFastFrame } from './decode-fast-frame.ts';

const options = { compat: 'slipway', lenientTypes: false } as const;

const types = ['double', 'float', 'integer', 'long', 'boolean', 'string'] as const;

function signatureOf(columns: readonly ScalarType[]): Signature {
  return {
    inputs: {
      kind: 'columns',
      columns: columns.map((type, at) => ({
        name: `c${at}`,
        type: { kind: 'scalar', type },
        required: true,
      })),
    },
    outputs: null,
    params: null,
    fromTypeHint: false,
  };
}

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.constantFrom(
    '1.0',
    '-0',
    '-0.0',
    '0',
    '1e400',
    '-1e400',
    '1E5',
    '9007199254740993',
    '2147483648',
  ),
);
const cellText = fc.oneof(
  { weight: 8, arbitrary: numberText },
  {
    weight: 2,
    arbitrary: fc.constantFrom('null', 'true', 'false', 'NaN', '-Infinity', '[1]', '{}'),
  },
  { weight: 2, arbitrary: fc.string().map((text) => JSON.stringify(text)) },
);
const typicalCell: Record<(typeof types)[number], fc.Arbitrary<string>> = {
  double: numberText,
  float: numberText,
  integer: fc.integer().map(String),
  long: fc.maxSafeInteger().map(String),
  boolean: fc.boolean().map(String),
  string: fc.oneof(
    fc.string().map((text) => JSON.stringify(text)),
    fc.constant('null'),
  ),
};

const table = fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 4 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    rows: fc.array(
      fc.tuple(
        ...columns.map((type) =>
          fc.oneof(
            { weight: 12, arbitrary: typicalCell[type] },
            { weight: 1, arbitrary: cellText },
          ),
        ),
      ),
      { maxLength: 4 },
    ),
  }),
);

function expectSame(body: Buffer, signature: Signature): void {
  const fast = decodeFastFrame(body, signature);
  if (fast === null) return;
  expect(fast).toEqual(decodeJsonRequest(body, signature, options).data);
}

describe('the fast path', () => {
  it('equals the exact reader on dataframe_split', () => {
    fc.assert(
      fc.property(table, ({ columns, rows }) => {
        const labels = JSON.stringify(columns.map((_, at) => `c${at}`));
        const data = rows.map((row) => `[${row.join(',')}]`).join(',');
        const body = `{"dataframe_split":{"columns":${labels},"data":[${data}]}}`;
        expectSame(Buffer.from(body), signatureOf(columns));
      }),
      { numRuns: 1500 },
    );
  });

  it('equals the exact reader on dataframe_records', () => {
    fc.assert(
      fc.property(table, fc.boolean(), ({ columns, rows }, reversed) => {
        const records = rows.map((row) => {
          const cells = row.map((cell, at) => `"c${at}":${cell}`);
          return `{${(reversed ? cells.toReversed() : cells).join(',')}}`;
        });
        const body = `{"dataframe_records":[${records.join(',')}]}`;
        expectSame(Buffer.from(body), signatureOf(columns));
      }),
      { numRuns: 1500 },
    );
  });

  it('takes what is exact', () => {
    const body = Buffer.from(
      '{"dataframe_split":{"columns":["c0","c1"],"data":[[1,null],[2.5,3]]}}',
    );
    const frame = decodeFastFrame(body, signatureOf(['double', 'float']));
    expect(frame?.columns[0]?.data.values).toEqual(Float64Array.of(1, 2.5));
    expect(frame?.columns[1]?.data.values).toEqual(Float32Array.of(Number.NaN, 3));
  });

  it.each([
    ['bare NaN', '[[NaN]]', 'double'],
    ['an infinite number', '[[1e400]]', 'double'],
    ['a minus zero', '[[-0]]', 'double'],
    ['a text in a number', '[["1"]]', 'double'],
    ['a fraction in an integer', '[[1.5]]', 'long'],
    ['a number beyond 2^53', '[[9007199254740993]]', 'long'],
    ['half a surrogate pair', String.raw`[["\ud800"]]`, 'string'],
    ['a ragged row', '[[1],[1,2]]', 'double'],
  ] as const)('leaves %s to the exact reader', (_name, data, type) => {
    const body = Buffer.from(`{"dataframe_split":{"columns":["c0"],"data":${data}}}`);
    expect(decodeFastFrame(body, signatureOf([type]))).toBeNull();
  });
});
