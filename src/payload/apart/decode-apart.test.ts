import { expect, it } from 'vitest';
import type { Signature } from '../../model/signature.ts';
import { decodeRequest, type DecodeOptions } from '../decode-request.ts';
import { decodeApart } from './decode-apart.ts';

const options: DecodeOptions = { compat: 'slipway', lenientTypes: false };
const column = (name: string, type: 'double' | 'long' | 'string') =>
  ({ name, type: { kind: 'scalar', type }, required: true }) as const;
const signature: Signature = {
  inputs: { kind: 'columns', columns: [column('a', 'double'), column('b', 'double')] },
  outputs: null,
  params: null,
  fromTypeHint: false,
};
const mixed: Signature = {
  ...signature,
  inputs: { kind: 'columns', columns: [column('a', 'long'), column('b', 'string')] },
};

it.each([
  [
    'application/json',
    '{"dataframe_split": {"columns": ["a", "b"], "data": [[1.5, 2], [-0.0, 1e300]]}}',
    signature,
  ],
  [
    'application/json',
    '{"dataframe_records": [{"a": 1, "b": "x"}, {"a": 12345678901234567, "b": "é"}]}',
    mixed,
  ],
  ['application/json', '{"instances": [[1, 2], [3, 4]], "params": {"x": [1, 2.0, null]}}', null],
  ['application/json', '{"inputs": {"a": [1, 2], "b": ["2020-01-01", {"c": NaN}]}}', null],
  ['application/json', '{"messages": [{"role": "user", "content": "hi"}]}', null],
  ['text/csv', 'a,b\n1,2\n3.5,4', signature],
  ['text/csv', 'a,b,c\n1,x,\n3,y,2.5', null],
])('a body of %s is decoded as here: %s', async (contentType, text, model) => {
  const body = Buffer.from(text);
  const here = await decodeRequest(body, contentType, model, options);
  expect(await decodeApart(body, contentType, model, options)).toEqual(here);
  expect(body.toString()).toBe(text);
});

it.each([
  ['application/json', '{"dataframe_split": 1}', 'INVALID_INPUT'],
  ['application/json', '{', 'INVALID_INPUT'],
  ['text/plain', 'x', 'UNSUPPORTED_CONTENT_TYPE'],
])('a bad body of %s is refused as here: %s', async (contentType, text, code) => {
  const body = Buffer.from(text);
  const here = async (): Promise<unknown> => decodeRequest(body, contentType, signature, options);
  const error = await here().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code });
  await expect(decodeApart(body, contentType, signature, options)).rejects.toMatchObject({
    code,
    message: (error as Error).message,
  });
});

it('many at once wait for each other', async () => {
  const bodies = Array.from({ length: 12 }, (_, at) => Buffer.from(`a,b\n${at},2`));
  const decoded = await Promise.all(
    bodies.map((body) => decodeApart(body, 'text/csv', signature, options)),
  );
  const expected = bodies.map((body) => decodeRequest(body, 'text/csv', signature, options));
  expect(decoded).toEqual(expected);
});
