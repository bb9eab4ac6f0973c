import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { parseSignature } from '../../model/parse-signature.ts';
import type { Signature } from '../../model/signature.ts';
import { decodeJsonRequest } from '../decode-json-request.ts';
import { decodeNumericTensor } from './decode-numeric-tensor.ts';

function signatureOf(dtype: string, name?: string): Signature {
  const spec = {
    type: 'tensor',
    'tensor-spec': { dtype, shape: [-1, 3] },
    ...(name !== undefined && { name }),
  };
  const signature = parseSignature({ inputs: JSON.stringify([spec]) });
  if (signature === null) throw new Error('no signature');
  return signature;
}

const options = { compat: 'slipway', lenientTypes: false } as const;

/** What the general path gives; its error's code where it refuses. */
function generally(body: string, signature: Signature): unknown {
  try {
    return decodeJsonRequest(Buffer.from(body), signature, options).data;
  } catch (error) {
    return isSlipwayError(error) ? error.code : error;
  }
}

const cell = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.double().map((value) => (Number.isFinite(value) ? String(value) : 'NaN')),
  },
  { weight: 4, arbitrary: fc.integer().map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'null',
      '-0',
      '-0.0',
      'Infinity',
      '1e400',
      'true',
      '"1"',
      '[1]',
      '{}',
      '01',
    ),
  },
);

describe('decodeNumericTensor', () => {
  it.each([
    ['float32', undefined],
    ['float64', undefined],
    ['float32', 'x'],
    ['float64', 'x'],
  ])('gives what the general path gives, or nothing: %s, name %s', (dtype, name) => {
    const signature = signatureOf(dtype, name);
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 }),
      );
    const texts = fc.record({
      rows: fc.oneof(
        { weight: 9, arbitrary: table },
        { weight: 1, arbitrary: fc.array(fc.array(cell)) },
      ),
      key: fc.constantFrom('inputs', 'instances'),
      space: fc.constantFrom('', ' ', '\n'),
    });
    let answered = 0;
    fc.assert(
      fc.property(texts, ({ rows, key, space }) => {
        const list = rows.map((row) => `[${row.join(`,${space}`)}]`).join(`,${space}`);
        const body = `{"${key}":${space}[${list}]${space}}`;
        const fast = decodeNumericTensor(Buffer.from(body), signature);
        if (fast === null) return;
        answered++;
        expect(fast).toEqual(generally(body, signature));
      }),
      { numRuns: 500 },
    );
    expect(answered).toBeGreaterThan(100);
  });

  it('leaves other bodies, signatures and several tensors to the general path', () => {
    const signature = signatureOf('float32');
    const bodies = [
      '{"inputs": [1, 2, 3]}',
      '{"inputs": [[[1, 2, 3]]]}',
      '{"inputs": []}',
      '{"inputs": [[1, 2, 3]], "params": {}}',
      '{"inputs": [[1, 2, 3]]} x',
      '{"inputs": [[1, 2], [3]]}',
      '{"dataframe_split": {"data": [[1, 2, 3]]}}',
    ];
    for (const body of bodies) {
      expect(decodeNumericTensor(Buffer.from(body), signature)).toBeNull();
    }
    const integers = signatureOf('int64');
    expect(decodeNumericTensor(Buffer.from('{"inputs": [[1, 2, 3]]}'), integers)).toBeNull();
  });
});
