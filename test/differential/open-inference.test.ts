/** Replays what MLServer's MLflow runtime said: metadata, the input that the model got, and responses (tools/reference/record-v2.py). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { parseSignature } from '../../src/model/parse-signature.ts';
import type { Signature } from '../../src/model/signature.ts';
import { decodeInferInput } from '../../src/payload/oip/decode-infer-input.ts';
import { encodeInferResponse } from '../../src/payload/oip/encode-infer-response.ts';
import { describeTensors, type ModelTensor } from '../../src/payload/oip/model-tensors.ts';
import { readInferRequest } from '../../src/payload/oip/read-infer-request.ts';
import { enforceInput } from '../../src/schema/enforce-input.ts';
import { fromTagged, type Tagged, toTagged } from './tagged-values.ts';

const folder = path.resolve(import.meta.dirname, '../fixtures/v2');

interface Recording<T> {
  readonly cases: readonly T[];
}

function readCases<T>(name: string): readonly T[] {
  const text = readFileSync(path.join(folder, `${name}.json`), 'utf8');
  return (JSON.parse(text) as Recording<T>).cases;
}

function signatureOf(inputs: unknown, outputs: unknown = null): Signature {
  const signature = parseSignature({
    inputs: JSON.stringify(inputs),
    outputs: outputs === null ? null : JSON.stringify(outputs),
    params: null,
  });
  if (signature === null) throw new Error('no signature');
  return signature;
}

interface MetadataCase {
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly metadata: unknown;
}

describe('metadata', () => {
  const describeTensor = ({ name, datatype, shape, contentType }: ModelTensor): unknown => ({
    name,
    datatype,
    shape,
    parameters: { content_type: contentType },
  });
  const cases = readCases<MetadataCase>('metadata');
  it.each(cases.map((one, at) => [at, one] as const))('of signature %i', (_at, one) => {
    const tensors = describeTensors(signatureOf(one.inputs, one.outputs));
    expect({
      inputs: tensors.inputs?.map(describeTensor),
      outputs: tensors.outputs?.map(describeTensor),
      content_type: tensors.contentType,
    }).toEqual(one.metadata);
  });
});

interface DecodingCase {
  readonly inputs: unknown;
  readonly request: string;
  readonly decoded?: Tagged;
  readonly error?: string;
  readonly params?: Tagged;
}

describe('decoding', () => {
  const cases = readCases<DecodingCase>('decoding');
  it.each(cases.map((one, at) => [at, one] as const))('request %i', (_at, one) => {
    const answer = decode(one);
    const difference = differenceOf(one);
    if (difference !== null)
      expect(answer.error === undefined, difference.why).toBe(difference.isTaken);
    else if (one.error === undefined) expect(answer.decoded).toEqual(one.decoded);
    else expect(answer.error).toBeDefined();
    if (one.params !== undefined) expect(answer.params).toEqual(one.params);
  });
});

interface Difference {
  readonly why: string;
  readonly isTaken: boolean;
}

/** Where Slipway differs on purpose; each is in docs/reference/open-inference-protocol.md. */
function differenceOf({ request }: DecodingCase): Difference | null {
  const { inputs } = JSON.parse(request) as { inputs: readonly RequestInput[] };
  const hasNull = (datatype: string): boolean =>
    inputs.some((input) => input.datatype === datatype && input.data.includes(null));
  const isMeasuredWrongly = inputs.some(
    ({ shape, data, datatype }) =>
      datatype === 'BYTES' && data.length !== shape.reduce((product, size) => product * size, 1),
  );
  if (isMeasuredWrongly) return { why: 'the shape of texts counts', isTaken: false };
  if (hasNull('BOOL')) return { why: 'null is not false', isTaken: false };
  if (hasNull('BYTES'))
    return { why: 'null is a missing text, date or byte string', isTaken: true };
  return null;
}

interface RequestInput {
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

interface Decoded {
  readonly decoded?: Tagged;
  readonly error?: string;
  readonly params?: Tagged;
}

function decode({ inputs, request }: DecodingCase): Decoded {
  const signature = signatureOf(inputs);
  try {
    const read = readInferRequest(Buffer.from(request), null);
    const data = decodeInferInput(read, describeTensors(signature));
    const options = { compat: 'slipway', lenientTypes: false } as const;
    const enforced = toTagged(enforceInput(data, signature, options));
    return { decoded: enforced, ...(read.params !== null && { params: toTagged(read.params) }) };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return { error: error.message };
  }
}

interface EncodingCase {
  readonly result: Tagged;
  readonly response: unknown;
}

describe('encoding', () => {
  const cases = readCases<EncodingCase>('encoding');
  it.each(cases.map((one, at) => [at, one] as const))('result %i', (_at, one) => {
    const model = { name: 'm', version: null, tensors: describeTensors(null) };
    const request = readInferRequest(
      Buffer.from('{"inputs":[{"name":"x","shape":[1],"datatype":"FP64","data":[1]}]}'),
      null,
    );
    const { json, binary } = encodeInferResponse(fromTagged(one.result), request, model);
    expect(binary).toBeNull();
    expect(openDocuments(JSON.parse(json))).toEqual(openDocuments(one.response));
  });
});

/** JSON inside of texts, without its white space. */
function openDocuments(response: unknown): unknown {
  const { outputs, ...rest } = response as { outputs: readonly OutputJson[] };
  const isJson = ({ parameters }: OutputJson): boolean => parameters?.content_type === 'pd_json';
  return {
    ...rest,
    outputs: outputs.map((output) =>
      isJson(output) ? { ...output, data: output.data.map((text) => JSON.parse(text)) } : output,
    ),
  };
}

interface OutputJson {
  readonly data: readonly string[];
  readonly parameters?: { readonly content_type?: string };
}
