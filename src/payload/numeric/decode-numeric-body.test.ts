/** The numeric path gives what the exact one gives, bit for bit, or leaves the body to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFrame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { ScalarType, Signature } from '../../model/signature.ts';
import { enforceInput } from '../../schema/enforce-input.ts';
import { decodeJsonRequest } from '../decode-json-request.ts';
import { decodeNumericBody } from './decode-numeric-body.ts';

const options = { compat: 'slipway', lenientTypes: false } as const;

function signatureOf(
  types: readonly ScalarType[],
  names: 'named' | 'unnamed' = 'named',
): Signature {
  const columns = types.map((type, at) => ({
    ...(names === 'named' ? { name: `c${at}` } : {}),
    type: { kind: 'scalar', type } as const,
    required: true,
  }));
  return { inputs: { kind: 'columns', columns }, outputs: null, params: null, fromTypeHint: false };
}

/** What the model gets by the exact path; null when the request is refused. */
function exactly(body: Buffer, signature: Signature): PyValue {
  try {
    return enforceInput(decodeJsonRequest(body, signature, options).data, signature, options);
  } catch (error) {
    if (isSlipwayError(error)) return null;
    throw error;
  }
}

/** Returns whether the numeric path answered. */
function expectSame(body: Buffer, signature: Signature): boolean {
  const decoded = decodeNumericBody(body, signature);
  if (decoded === null) return false;
  const quick = enforceInput(decoded, signature, options);
  const exact = exactly(body, signature);
  if (!isFrame(quick) || !isFrame(exact)) throw new Error(`not a frame: ${body.toString()}`);
  expect(quick.rowCount).toBe(exact.rowCount);
  expect(quick.columns.map((column) => column.label)).toEqual(exact.columns.map((c) => c.label));
  for (const [at, { data }] of quick.columns.entries()) {
    const wanted = exact.columns[at]?.data;
    expect(data.dtype).toBe(wanted?.dtype);
    expect(bits(data.values as Float64Array)).toEqual(bits(wanted?.values as Float64Array));
  }
  return true;
}

/** NaNs are alike; -0 is not 0. */
function bits(values: ArrayLike<number>): readonly string[] {
  return Array.from(values, (value) => (Object.is(value, -0) ? '-0' : String(value)));
}

const digits = fc.stringMatching(/^\d{1,30}$/).map((text) => text.replace(/^0+(?=\d)/, ''));
const numberText = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 3, arbitrary: fc.integer().map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String) },
  fc
    .tuple(digits, digits, fc.integer({ min: -330, max: 310 }))
    .map(([a, b, e]) => `${a}.${b}e${e}`),
  fc.tuple(digits, digits).map(([a, b]) => `-${a}.${b}`),
  fc.constantFrom(
    '-0',
    '-0.0',
    '0',
    '1e400',
    '-1e400',
    '1E5',
    '9007199254740993',
    '5e-324',
    '2.4703282292062327e-324',
    '1.7976931348623159e308',
    '01',
    '1.',
    '+1',
    '.5',
    '-',
    '1e',
    'null',
    'NaN',
    '-Infinity',
    'true',
    '"1"',
  ),
);
const space = fc.constantFrom('', '', '', ' ', '\n  ', '\t', '\r\n');

const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    types: fc.array(fc.constantFrom<ScalarType>('double', 'double', 'float'), {
      minLength: width,
      maxLength: width,
    }),
    rows: fc.array(fc.array(numberText, { minLength: width, maxLength: width }), { maxLength: 5 }),
    gap: space,
  }),
);

describe('decodeNumericBody', () => {
  it('reads dataframe_split as the exact path does', () => {
    fc.assert(
      fc.property(table, ({ types, rows, gap }) => {
        const columns = JSON.stringify(types.map((_type, at) => `c${at}`));
        const data = rows.map((row) => `[${gap}${row.join(`,${gap}`)}${gap}]`).join(`${gap},`);
        const body = `{${gap}"dataframe_split"${gap}:${gap}{"columns":${columns},${gap}"data":[${data}]}${gap}}`;
        expectSame(Buffer.from(body), signatureOf(types));
      }),
      { numRuns: 500 },
    );
  });

  it('reads dataframe_records as the exact path does', () => {
    fc.assert(
      fc.property(table, ({ types, rows, gap }) => {
        const data = rows.map(
          (row) => `{${row.map((cell, at) => `"c${at}"${gap}:${gap}${cell}`).join(`,${gap}`)}}`,
        );
        const body = `{"dataframe_records"${gap}:[${data.join(`,${gap}`)}]}`;
        expectSame(Buffer.from(body), signatureOf(types));
      }),
      { numRuns: 500 },
    );
  });

  it('reads damaged bodies as the exact path does, or not at all', () => {
    const seed = Buffer.from(
      '{"dataframe_split": {"columns": ["c0", "c1"], "index": [0, 1], "data": [[1.5, 2], [3, -4.25e2]]}}',
    );
    fc.assert(
      fc.property(
        fc.nat(seed.length - 1),
        fc.constantFrom(
          '',
          '0',
          '1',
          '-',
          '.',
          'e',
          ',',
          '[',
          ']',
          '{',
          '}',
          '"',
          ':',
          ' ',
          'c',
          'null',
          '\\u0063',
        ),
        fc.nat(2),
        (at, text, cut) => {
          const body = Buffer.concat([
            seed.subarray(0, at),
            Buffer.from(text),
            seed.subarray(at + cut),
          ]);
          expectSame(body, signatureOf(['double', 'float']));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('answers the usual bodies', () => {
    const named = signatureOf(['double', 'double']);
    const answered = [
      '{"dataframe_split": {"columns": ["c0", "c1"], "data": [[1.5, 2], [3, null]]}}',
      '{"dataframe_split":{"columns":["c1","c0"],"data":[[1.5,2]]}}',
      '{"dataframe_records": [{"c0": 1, "c1": 2.5}, {"c0": 3, "c1": NaN}]}',
    ].map((body) => expectSame(Buffer.from(body), named));
    expect(answered).toEqual([true, true, true]);
  });

  it('keeps extra, missing and doubled columns, and nameless schemas, as the exact path has them', () => {
    const bodies = [
      '{"dataframe_split": {"columns": ["x", "c1", "c0"], "data": [[9, 1.5, 2]]}}',
      '{"dataframe_split": {"columns": ["c0"], "data": [[1.5]]}}',
      '{"dataframe_split": {"columns": ["c0", "c0", "c1"], "data": [[1.5, 2, 3]]}}',
      '{"dataframe_split": {"data": [[1.5, 2], [2, 3]]}}',
      '{"dataframe_split": {"columns": [], "data": []}}',
      '{"dataframe_split": {"columns": ["c0", "c1"], "data": []}}',
      '{"dataframe_records": []}',
    ];
    for (const body of bodies) {
      expectSame(Buffer.from(body), signatureOf(['double', 'double']));
      expectSame(Buffer.from(body), signatureOf(['double', 'float'], 'unnamed'));
    }
  });
});
