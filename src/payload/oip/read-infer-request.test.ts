import { describe, expect, it } from 'vitest';
import { readInferRequest } from './read-infer-request.ts';

function read(
  text: string,
  headerLength: number | null = null,
): ReturnType<typeof readInferRequest> {
  return readInferRequest(Buffer.from(text), headerLength);
}

const one = '{"name":"x","shape":[1],"datatype":"FP64","data":[1]}';

describe('readInferRequest', () => {
  it('reads every part', () => {
    const request = read(
      `{"id":"7","parameters":{"content_type":"pd","headers":{"a":"b"},"k":1,"f":1.0},"inputs":[${one}],` +
        '"outputs":[{"name":"y","parameters":{"binary_data":true}},{"name":"z"}]}',
    );
    expect(request).toMatchObject({
      id: '7',
      contentType: 'pd',
      binaryOutput: false,
      params: new Map<string, unknown>([
        ['k', 1n],
        ['f', 1],
      ]),
      outputs: [
        { name: 'y', binary: true },
        { name: 'z', binary: null },
      ],
    });
  });

  it('takes what Python writes: NaN, a byte order mark, null members', () => {
    const request = read(
      `\ufeff{"id":null,"parameters":null,"outputs":null,"inputs":[${one.replace('[1]}', '[NaN]}')}]}`,
    );
    expect(request.inputs[0]?.data).toEqual({ json: [Number.NaN] });
  });

  it('keeps the digits of 64-bit integers', () => {
    const request = read(
      '{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[9007199254740993]}]}',
    );
    expect(request.inputs[0]?.data).toEqual({ json: [9007199254740993n] });
  });

  it('gives each binary input its bytes', () => {
    const head =
      '{"inputs":[{"name":"x","shape":[2],"datatype":"UINT8","parameters":{"binary_data_size":2}},' +
      '{"name":"y","shape":[1],"datatype":"UINT8","data":[3]},' +
      '{"name":"z","shape":[1],"datatype":"UINT8","parameters":{"binary_data_size":1}}]}';
    const { inputs } = read(`${head}abc`, head.length);
    expect(inputs.map(({ data }) => data)).toEqual([
      Buffer.from('ab'),
      { json: [3] },
      Buffer.from('c'),
    ]);
  });

  const withShape = (shape: string): string =>
    `{"inputs":[${one.replace('[1],"d', `${shape},"d`)}]}`;
  it.each([
    ['[]', 'must be a JSON object'],
    ['{}', '"inputs" must be a list'],
    ['{"inputs":[]}', '"inputs" is empty'],
    ['{"inputs":[1]}', 'input 0 is not an object'],
    ['{"inputs":[{}]}', 'input 0 has no "name"'],
    [`{"inputs":[${one},${one}]}`, 'two inputs have the same name'],
    [`{"inputs":[${one.replace('FP64', 'FP128')}]}`, "Input 'x' has no datatype that is known"],
    [`{"inputs":[${one.replace('FP64', 'toString')}]}`, "Input 'x' has no datatype that is known"],
    [
      `{"inputs":[${one.replace('"FP64"', '{"toString":1}')}]}`,
      "Input 'x' has no datatype that is known",
    ],
    [withShape('"1"'), 'has no "shape"'],
    [withShape('[-1]'), 'integers from 0 upward'],
    [withShape('[1.5]'), 'integers from 0 upward'],
    [withShape('[9007199254740993]'), 'integers from 0 upward'],
    [withShape('[9007199254740991,2]'), 'more than any request can hold'],
    [withShape(`[${Array(65).fill(1).join()}]`), 'has 65 dimensions'],
    [`{"inputs":[${one.replace(',"data":[1]', '')}]}`, 'neither "data" nor'],
    [`{"inputs":[${one}],"id":7}`, '"id" must be a string'],
    [`{"inputs":[${one}],"parameters":[]}`, '"parameters" of the request must be an object'],
    [`{"inputs":[${one}],"parameters":{"content_type":1}}`, '"content_type" must be a string'],
    [`{"inputs":[${one}],"parameters":{"binary_data_output":1}}`, 'must be true or false'],
    [`{"inputs":[${one}],"outputs":[{}]}`, 'output 0 has no "name"'],
    [
      `{"inputs":[${one.replace('"data":[1]', '"parameters":{"binary_data_size":8}')}]}`,
      'Inference-Header-Content-Length is missing',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  const binary = (parameters: string, more = ''): string =>
    `{"inputs":[{"name":"x","shape":[1],"datatype":"UINT8","parameters":{${parameters}}${more}}]}`;
  it.each([
    [binary('"binary_data_size":2'), 'a', 'says 2 bytes of binary data, but only 1 are left'],
    [binary('"binary_data_size":1'), 'ab', '1 bytes of binary data belong to no input'],
    [binary('"binary_data_size":-1'), 'a', 'not a size in bytes'],
    [binary('"binary_data_size":"1"'), 'a', 'not a size in bytes'],
    [binary('"binary_data_size":1', ',"data":[1]'), 'a', 'both "data" and "binary_data_size"'],
  ])('refuses %s with %s behind it', (head, tail, message) => {
    expect(() => read(head + tail, head.length)).toThrow(message);
  });

  it('refuses a header length beyond the body', () => {
    expect(() => read('{}', 3)).toThrow(
      'Inference-Header-Content-Length is 3, but the body has only 2',
    );
  });
});
