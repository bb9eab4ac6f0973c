/** Texts recorded with mlflow 3.17.2's predictions_to_json. */
import { describe, expect, it } from 'vitest';
import { frame } from '../data/frame.ts';
import { ndArray } from '../data/nd-array.ts';
import type { Prediction } from '../data/scoring-data.ts';
import { NOT_A_TIME } from '../data/dtype.ts';
import { encodePrediction } from './encode-prediction.ts';

const tenOClock = 1_577_872_800n;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const table: readonly (readonly [name: string, value: Prediction, text: string])[] = [
  [
    'float32',
    ndArray({ dtype: 'float32', values: Float32Array.of(0.1, NaN, -0) }),
    '[0.10000000149011612, NaN, -0.0]',
  ],
  [
    'float64',
    ndArray({ dtype: 'float64', values: Float64Array.of(1e16, 1e-5, 1.5e-7, Infinity, 3) }),
    '[1e+16, 1e-05, 1.5e-07, Infinity, 3.0]',
  ],
  [
    'float16',
    ndArray({ dtype: 'float16', values: Float32Array.of(0.0999755859375) }),
    '[0.0999755859375]',
  ],
  [
    'two axes',
    ndArray({ dtype: 'float64', values: Float64Array.of(1, 2, 3, 4) }, [2, 2]),
    '[[1.0, 2.0], [3.0, 4.0]]',
  ],
  [
    'three axes',
    ndArray({ dtype: 'int64', values: BigInt64Array.of(1n, 2n) }, [1, 2, 1]),
    '[[[1], [2]]]',
  ],
  ['no rows', ndArray({ dtype: 'float64', values: new Float64Array(0) }, [0, 3]), '[]'],
  ['no columns', ndArray({ dtype: 'float64', values: new Float64Array(0) }, [2, 0]), '[[], []]'],
  ['scalar array', ndArray({ dtype: 'int64', values: BigInt64Array.of(5n) }, []), '5'],
  [
    'uint64',
    ndArray({ dtype: 'uint64', values: BigUint64Array.of(2n ** 64n - 1n) }),
    '[18446744073709551615]',
  ],
  ['bool', ndArray({ dtype: 'bool', values: Uint8Array.of(1, 0) }), '[true, false]'],
  [
    'str',
    ndArray({ dtype: 'str', values: ['a', 'é😀\0\x1f\x7f"\\/\u2028'] }),
    String.raw`["a", "\u00e9\ud83d\ude00\u0000\u001f\u007f\"\\/\u2028"]`,
  ],
  ['lone surrogate', '\ud800', String.raw`"\ud800"`],
  ['bytes', bytesOf('a'.repeat(60)), `"${'YWFh'.repeat(19)}\\nYWFh\\n"`],
  ['no bytes', new Uint8Array(0), '""'],
  ['big int', 10n ** 30n, '1000000000000000000000000000000'],
  [
    'dict',
    new Map<string, Prediction>([
      ['a', [1n, null, true]],
      ['é', 1],
    ]),
    String.raw`{"a": [1, null, true], "\u00e9": 1.0}`,
  ],
  [
    'datetime64[ns]',
    ndArray({
      dtype: 'datetime64[ns]',
      values: BigInt64Array.of(tenOClock * 10n ** 9n, NOT_A_TIME),
    }),
    '[1577872800000000000, null]',
  ],
  [
    'datetime64[us]',
    ndArray({
      dtype: 'datetime64[us]',
      values: BigInt64Array.of(tenOClock * 10n ** 6n + 123_456n),
    }),
    '["2020-01-01T10:00:00.123456"]',
  ],
  [
    'datetime64[ms]',
    ndArray({
      dtype: 'datetime64[ms]',
      values: BigInt64Array.of(-63_549_360_000_000n, 253_402_300_800_000n),
    }),
    '[-63549360000000, 253402300800000]',
  ],
  [
    'datetime64[D]',
    ndArray({ dtype: 'datetime64[D]', values: BigInt64Array.of(18_262n) }),
    '["2020-01-01"]',
  ],
  [
    'datetime scalar',
    { kind: 'datetime', nanoseconds: tenOClock * 10n ** 9n, unit: 's' },
    '"2020-01-01T10:00:00"',
  ],
  [
    'frame',
    frame([
      {
        label: 't',
        data: {
          dtype: 'datetime64[ns]',
          values: BigInt64Array.of(tenOClock * 10n ** 9n + 123_456_789n, NOT_A_TIME),
        },
      },
      { label: 's', data: { dtype: 'str', values: ['a', null] } },
      {
        label: 0,
        data: { dtype: 'object', values: [null, { kind: 'datetime', nanoseconds: 0n }] },
      },
      { label: 'b', data: { dtype: 'bytes', values: [bytesOf('q'), bytesOf('')] } },
    ]),
    '[{"t": "2020-01-01T10:00:00.123456789", "s": "a", "0": null, "b": "cQ==\\n"}, {"t": "NaT", "s": NaN, "0": "1970-01-01T00:00:00", "b": ""}]',
  ],
  [
    'time zone',
    frame([
      {
        label: 't',
        data: {
          dtype: 'datetime64[ns]',
          values: BigInt64Array.of(1_577_833_200n * 10n ** 9n),
          timeZone: 'Europe/Berlin',
        },
      },
    ]),
    '[{"t": "2020-01-01T00:00:00+01:00"}]',
  ],
  [
    'repeated label',
    frame([
      { label: 'a', data: { dtype: 'int64', values: BigInt64Array.of(1n) } },
      { label: 'b', data: { dtype: 'int64', values: BigInt64Array.of(2n) } },
      { label: 'a', data: { dtype: 'int64', values: BigInt64Array.of(3n) } },
    ]),
    '[{"a": 3, "b": 2}]',
  ],
  ['rows without columns', frame([], 2), '[{}, {}]'],
];

describe('encodePrediction', () => {
  it.each(table)('writes %s', (_, value, text) => {
    expect(encodePrediction(value, { nonFinite: 'tokens', wrap: false })).toBe(text);
    expect(encodePrediction(value, { nonFinite: 'tokens', wrap: true })).toBe(
      `{"predictions": ${text}}`,
    );
  });

  it('writes null for non-finite numbers on request', () => {
    const values = ndArray({ dtype: 'float64', values: Float64Array.of(1, NaN, -Infinity) });
    expect(encodePrediction(values, { nonFinite: 'null', wrap: false })).toBe('[1.0, null, null]');
  });

  it('refuses frames inside other values and tuple labels', () => {
    const inner = frame([{ label: ['a', 'b'], data: { dtype: 'bool', values: Uint8Array.of(1) } }]);
    for (const value of [[inner], inner]) {
      expect(() => encodePrediction(value, { nonFinite: 'tokens', wrap: true })).toThrow(
        'cannot be written as JSON',
      );
    }
  });
});
