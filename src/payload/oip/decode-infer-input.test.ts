import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFrame } from '../../data/frame.ts';
import { isNdArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { Vector } from '../../data/vector.ts';
import { decodeInferInput } from './decode-infer-input.ts';
import { type NumericDatatype, numericLayouts } from './datatypes.ts';
import { describeTensors } from './model-tensors.ts';
import { readInferRequest } from './read-infer-request.ts';
import { writeBinaryData, writeJsonData } from './write-tensor.ts';
import { unpackNumbers } from './unpack-binary.ts';

const free = describeTensors(null);

function decode(input: object, contentType = 'np'): ScoringInput {
  const body = JSON.stringify({ inputs: [input], parameters: { content_type: contentType } });
  return decodeInferInput(readInferRequest(Buffer.from(body), null), free);
}

function decodeBinary(input: object, bytes: Uint8Array, padding = ''): ScoringInput {
  const tensor = { ...input, parameters: { binary_data_size: bytes.length } };
  const head = Buffer.from(
    JSON.stringify({ inputs: [tensor], parameters: { content_type: 'np' } }) + padding,
  );
  return decodeInferInput(readInferRequest(Buffer.concat([head, bytes]), head.length), free);
}

function vectorOf(input: ScoringInput): Vector {
  if (isNdArray(input)) return input.data;
  if (isFrame(input)) return input.columns[0]!.data;
  throw new Error('neither array nor frame');
}

describe('numbers', () => {
  const datatypes = Object.keys(numericLayouts) as NumericDatatype[];

  it.each(datatypes)('%s survives JSON and binary, at any alignment', (datatype) => {
    const { bytes } = numericLayouts[datatype];
    const isFloat = datatype.startsWith('FP');
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.integer({ min: 0, max: 8 }),
        (raw, padding) => {
          const count = Math.floor(raw.length / bytes);
          const shape = [count];
          const whole = raw.slice(0, count * bytes);
          if (datatype === 'BOOL') whole.forEach((byte, at) => (whole[at] = byte & 1));
          const base = { name: 'x', shape, datatype };
          const given = vectorOf(decodeBinary(base, whole, ' '.repeat(padding)));
          const content = { datatype, vector: given as never };
          const text = writeJsonData(content);
          const json = `{"inputs":[{"name":"x","shape":[${count}],"datatype":"${datatype}","data":${text}}],"parameters":{"content_type":"np"}}`;
          const again = vectorOf(decodeInferInput(readInferRequest(Buffer.from(json), null), free));
          const hasNoJson = isFloat && text.includes('null');
          if (!hasNoJson) expect(again).toEqual(given);
          const output = { name: 'x', shape, contentType: null, content };
          const written = writeBinaryData(output)!;
          const input = { ...base, count, contentType: null, data: written };
          expect(unpackNumbers(input, datatype, written)).toEqual(given);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    ['INT8', 128],
    ['INT8', 1.5],
    ['UINT8', -1],
    ['INT32', 2 ** 31],
    ['INT64', 0.5],
    ['INT64', '1'],
    ['UINT64', -1],
    ['UINT64', null],
    ['BOOL', 2],
    ['BOOL', null],
    ['FP32', true],
    ['FP64', [1]],
    ['FP64', {}],
  ])('%s refuses %j', (datatype, value) => {
    const input = { name: 'x', shape: [2], datatype, data: [0, value] };
    expect(() => decode({ ...input, data: [datatype === 'BOOL' ? false : 0, value] })).toThrow(
      "Input 'x' wants",
    );
  });

  it('rounds halves once', () => {
    const halves = vectorOf(
      decode({ name: 'x', shape: [2], datatype: 'FP16', data: [1 + 2 ** -11 + 2 ** -40, 65520] }),
    );
    expect(halves.values).toEqual(Float32Array.of(1 + 2 ** -10, Number.POSITIVE_INFINITY));
  });

  it('refuses integers beyond 64 bits', () => {
    const body =
      '{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[9223372036854775808]}]}';
    expect(() => decodeInferInput(readInferRequest(Buffer.from(body), null), free)).toThrow(
      'wants integers',
    );
  });

  it('refuses binary data of another length than the shape', () => {
    expect(() =>
      decodeBinary({ name: 'x', shape: [2], datatype: 'FP32' }, new Uint8Array(7)),
    ).toThrow("Input 'x' has the shape [2] of FP32, which is 8 bytes, but its binary data has 7.");
  });
});

describe('nested data', () => {
  it('is flattened', () => {
    const array = decode({
      name: 'x',
      shape: [2, 2],
      datatype: 'INT32',
      data: [
        [1, 2],
        [3, 4],
      ],
    });
    expect(array).toMatchObject({ shape: [2, 2], data: { values: Int32Array.of(1, 2, 3, 4) } });
  });

  it.each([
    [[[1, 2], [3]], 'nested lists differ in length'],
    [[[1, 2], 3], 'nested lists differ in length'],
    [[1, [2]], 'element 1 is a list'],
  ])('%j is refused', (data, message) => {
    expect(() => decode({ name: 'x', shape: [2], datatype: 'INT32', data })).toThrow(message);
  });

  it('that is too deep is refused', () => {
    const data = JSON.parse('['.repeat(70) + ']'.repeat(70)) as unknown;
    expect(() => decode({ name: 'x', shape: [0], datatype: 'FP64', data })).toThrow(
      'nested deeper',
    );
  });
});

describe('texts', () => {
  const texts = { name: 'x', shape: [2], datatype: 'BYTES' };
  const as = (contentType: string, data: unknown): Vector =>
    vectorOf(decode({ ...texts, data, parameters: { content_type: contentType } }, 'pd'));

  it.each([
    ['str', ['a', 'é'], { dtype: 'str', values: ['a', 'é'] }],
    ['pd_json', ['[1, 2.0]', '"x"'], { dtype: 'object', values: [[1n, 2], 'x'] }],
    ['hg_json', ['1', '2'], { dtype: 'int64', values: BigInt64Array.of(1n, 2n) }],
    ['datetime', ['1970-01-01T00:00:01', '1970-01-02'], null],
    ['unheard-of', ['a', null], { dtype: 'str', values: ['a', null] }],
  ])('of %s are decoded', (contentType, data, expected) => {
    if (expected === null)
      expect(() => as(contentType, data)).toThrow('no date or time in element 1');
    else expect(as(contentType, data)).toEqual(expected);
  });

  it('of base64 are bytes; what is not base64 is itself', () => {
    expect(as('base64', ['aGk=', 'no!'])).toEqual({
      dtype: 'object',
      values: [new Uint8Array(Buffer.from('hi')), Buffer.from('no!')],
    });
  });

  it.each([
    ['pd_json', ['{', '1'], 'no JSON document in element 0'],
    ['datetime', ['1970-01-01', 'soon'], 'no date or time in element 1'],
    ['base64', ['é', ''], 'not ASCII in element 0'],
    ['str', ['a', 1], 'element 1 is a number'],
  ])('of %s refuse %j', (contentType, data, message) => {
    expect(() => as(contentType, data)).toThrow(message);
  });

  const packed = (...elements: readonly (readonly [number, string])[]): Buffer =>
    Buffer.concat(
      elements.map(([length, text]) => {
        const size = Buffer.alloc(4);
        size.writeUInt32LE(length);
        return Buffer.concat([size, Buffer.from(text, 'latin1')]);
      }),
    );

  it('are unpacked from binary data', () => {
    expect(vectorOf(decodeBinary(texts, packed([1, 'a'], [0, ''])))).toEqual({
      dtype: 'str',
      values: ['a', ''],
    });
  });

  it.each([
    [packed([1, 'a']), 'another number'],
    [packed([1, 'a'], [1, 'b'], [1, 'c']), 'another number'],
    [packed([1, 'a'], [5, 'b']), 'ends inside element 1'],
    [packed([4294967295, 'abcdefgh']), 'ends inside element 0'],
    [Buffer.concat([packed([1, 'a'], [1, 'b']), Buffer.of(1)]), 'ends inside element 2'],
    [packed([1, '\xff'], [0, '']), 'element 0 that are no UTF-8 text'],
  ])('are refused where lengths or texts are wrong (%#)', (bytes, message) => {
    expect(() => decodeBinary(texts, bytes)).toThrow(message);
  });
});

describe('request content types', () => {
  const x = { name: 'x', shape: [1], datatype: 'FP64', data: [1] };
  const both = (contentType: string | null): ScoringInput => {
    const parameters = contentType === null ? {} : { content_type: contentType };
    const body = JSON.stringify({ inputs: [x, { ...x, name: 'y' }], parameters });
    return decodeInferInput(readInferRequest(Buffer.from(body), null), free);
  };

  it('several inputs are columns unless the request says otherwise', () => {
    expect(both(null)).toMatchObject({ kind: 'frame', rowCount: 1 });
    expect([...(both('dict') as Map<string, unknown>).keys()]).toEqual(['x', 'y']);
  });

  it('np takes one input', () => {
    expect(() => both('np')).toThrow('takes one input, but there are 2');
  });

  it('others are refused', () => {
    expect(() => both('json')).toThrow(
      '"json" is not known for requests; it must be one of pd, np, dict, str',
    );
  });
});
