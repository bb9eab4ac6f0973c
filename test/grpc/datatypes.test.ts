/** Every datatype over gRPC, in its list and raw, in both directions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNdArray } from '../../src/data/nd-array.ts';
import type { Vector } from '../../src/data/vector.ts';
import { type GrpcFixture, startGrpcFixture } from './grpc-fixture.ts';

let fixture: GrpcFixture;

beforeEach(async () => {
  fixture = await startGrpcFixture();
});

afterEach(() => fixture.stop());

describe('every datatype', () => {
  const bytes = (array: ArrayBufferView): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const long = (low: number, high: number, unsigned = false): object => ({ low, high, unsigned });
  const cases: readonly [string, object | null, Buffer, Vector][] = [
    ['BOOL', { boolContents: [true, false] }, Buffer.of(1, 0), vector('bool', Uint8Array.of(1, 0))],
    ['INT8', { intContents: [-1, 5] }, Buffer.of(255, 5), vector('int8', Int8Array.of(-1, 5))],
    [
      'INT16',
      { intContents: [-2, 300] },
      bytes(Int16Array.of(-2, 300)),
      vector('int16', Int16Array.of(-2, 300)),
    ],
    [
      'INT32',
      { intContents: [-(2 ** 31), 7] },
      bytes(Int32Array.of(-(2 ** 31), 7)),
      vector('int32', Int32Array.of(-(2 ** 31), 7)),
    ],
    [
      'INT64',
      { int64Contents: [long(-1, -1), long(1, 0x7fffffff)] },
      bytes(BigInt64Array.of(-1n, 0x7fffffff00000001n)),
      vector('int64', BigInt64Array.of(-1n, 0x7fffffff00000001n)),
    ],
    [
      'UINT8',
      { uintContents: [255, 0] },
      Buffer.of(255, 0),
      vector('uint8', Uint8Array.of(255, 0)),
    ],
    [
      'UINT16',
      { uintContents: [65535, 1] },
      bytes(Uint16Array.of(65535, 1)),
      vector('uint16', Uint16Array.of(65535, 1)),
    ],
    [
      'UINT32',
      { uintContents: [2 ** 32 - 1, 1] },
      bytes(Uint32Array.of(2 ** 32 - 1, 1)),
      vector('uint32', Uint32Array.of(2 ** 32 - 1, 1)),
    ],
    [
      'UINT64',
      { uint64Contents: [long(-1, -1, true), long(1, 0, true)] },
      bytes(BigUint64Array.of(2n ** 64n - 1n, 1n)),
      vector('uint64', BigUint64Array.of(2n ** 64n - 1n, 1n)),
    ],
    [
      'FP16',
      null,
      bytes(Uint16Array.of(0x3c00, 0xc000)),
      vector('float16', Float32Array.of(1, -2)),
    ],
    [
      'FP32',
      { fp32Contents: [Math.fround(0.1), Number.NaN] },
      bytes(Float32Array.of(0.1, Number.NaN)),
      vector('float32', Float32Array.of(0.1, Number.NaN)),
    ],
    [
      'FP64',
      { fp64Contents: [0.1, Number.NEGATIVE_INFINITY] },
      bytes(Float64Array.of(0.1, Number.NEGATIVE_INFINITY)),
      vector('float64', Float64Array.of(0.1, Number.NEGATIVE_INFINITY)),
    ],
    [
      'BYTES',
      { bytesContents: [Buffer.from('a'), Buffer.from('é')] },
      Buffer.from('\x01\0\0\0a\x02\0\0\0\xc3\xa9', 'latin1'),
      { dtype: 'str', values: ['a', 'é'] },
    ],
  ];

  function vector(dtype: Vector['dtype'], values: ArrayBufferView): Vector {
    return { dtype, values } as never;
  }

  it.each(cases)(
    '%s comes in and goes out, in lists and raw',
    async (datatype, list, raw, data) => {
      const seen: Vector[] = [];
      fixture.predict = async (input) => {
        if (!isNdArray(input)) throw new Error('no array');
        seen.push(input.data);
        return input;
      };
      const input = { name: 'x', datatype, shape: [2] };
      const message = { modelName: 'free', inputs: [input] };
      const answer = await fixture.call('ModelInfer', { ...message, rawInputContents: [raw] });
      expect(answer).toMatchObject({ outputs: [{ datatype, shape: [{ low: 2 }, { low: 1 }] }] });
      expect(answer['rawOutputContents']).toEqual([raw]);
      if (list !== null) {
        const inputs = [{ ...input, contents: list }];
        const listed = await fixture.call('ModelInfer', { modelName: 'free', inputs });
        expect(listed).toMatchObject({ outputs: [{ datatype, contents: list }] });
      }
      for (const one of seen) expect(one).toEqual(data);
      expect(seen.length).toBe(list === null ? 1 : 2);
    },
  );

  it('writes texts of which some are missing as JSON documents', async () => {
    fixture.predict = async () => ['a', null];
    const input = { name: 'x', datatype: 'FP64', shape: [1], contents: { fp64Contents: [1] } };
    const answer = await fixture.call('ModelInfer', { modelName: 'free', inputs: [input] });
    expect(answer).toMatchObject({
      outputs: [
        {
          datatype: 'BYTES',
          parameters: { content_type: { stringParam: 'pd_json' } },
          contents: { bytesContents: [Buffer.from('"a"'), Buffer.from('null')] },
        },
      ],
    });
  });
});
