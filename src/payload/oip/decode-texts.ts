/** `BYTES` tensors → texts, byte strings, datetimes or JSON values, as the content type says. Source: MLServer 1.7.1 codecs. */
import { isAscii, isUtf8 } from 'node:buffer';
import { inferVector } from '../../data/infer-vector.ts';
import { parseExactJson } from '../../data/parse-exact-json.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { toDatetimes } from '../cast/to-datetimes.ts';
import { flattenData } from './flatten-data.ts';
import type { InferInput } from './infer-request.ts';
import { invalidInput } from './oip-error.ts';
import { kindOf } from './pack-numbers.ts';
import { unpackTexts } from './unpack-binary.ts';

type Leaves = readonly unknown[];

/** Content types whose elements are JSON documents; the last two are those of MLServer's Hugging Face runtime. */
const jsonContentTypes: ReadonlySet<string> = new Set(['pd_json', 'hg_json', 'hg_jsonlist']);

/**
 * Decodes the elements. `isTold` says that the request itself names the content type: only then is binary data base64.
 *
 * @throws INVALID_INPUT naming the element
 */
export function decodeTexts(
  input: InferInput,
  contentType: string | null,
  isTold: boolean,
): Vector {
  if (contentType === 'base64') {
    return { dtype: 'object', values: bytesOf(input, isTold) };
  }
  const texts = textsOf(input);
  if (contentType === 'datetime') return datetimesOf(texts, input.name);
  if (contentType !== null && jsonContentTypes.has(contentType)) return jsonOf(texts, input.name);
  return inferVector(texts);
}

/** Elements that came as bytes, from a binary tensor or a message of gRPC; null where they stand in JSON. */
function byteElements({ data }: InferInput, leaves: Leaves): readonly Uint8Array[] | null {
  const isBytes = data instanceof Uint8Array || leaves[0] instanceof Uint8Array;
  return isBytes ? (leaves as readonly Uint8Array[]) : null;
}

function leavesOf(input: InferInput): Leaves {
  const { data } = input;
  return data instanceof Uint8Array ? unpackTexts(input, data) : flattenData(input, data.json);
}

/** Elements as texts; null is missing. */
function textsOf(input: InferInput): readonly (string | null)[] {
  const { name } = input;
  const leaves = leavesOf(input);
  const bytes = byteElements(input, leaves);
  if (bytes !== null) return bytes.map((one, at) => utf8(one, at, name));
  const odd = leaves.findIndex((leaf) => typeof leaf !== 'string' && leaf !== null);
  if (odd === -1) return leaves as readonly (string | null)[];
  throw invalidInput(name, `of BYTES wants texts; element ${odd} is ${kindOf(leaves[odd])}.`);
}

function utf8(bytes: Uint8Array, at: number, name: string): string {
  if (!isUtf8(bytes))
    throw invalidInput(name, `has bytes in element ${at} that are no UTF-8 text.`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function bytesOf(input: InferInput, isTold: boolean): readonly PyValue[] {
  const elements = byteElements(input, leavesOf(input));
  if (elements !== null) return isTold ? elements.map(decodeBase64) : elements;
  return textsOf(input).map((text, at) => {
    if (text === null) return null;
    if (!isAscii(Buffer.from(text))) {
      throw invalidInput(input.name, `has a text that is not ASCII in element ${at}.`);
    }
    return decodeBase64(Buffer.from(text));
  });
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What is not base64 counts as the bytes themselves. Source: MLServer 1.7.1 codecs/base64.py. */
function decodeBase64(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return base64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : bytes;
}

function datetimesOf(texts: readonly (string | null)[], name: string): Vector {
  const cursor = { row: 0 };
  try {
    return toDatetimes({ dtype: 'str', values: texts }, cursor);
  } catch (cause) {
    if (!isSlipwayError(cause)) throw cause;
    throw invalidInput(name, `has no date or time in element ${cursor.row}.`, cause);
  }
}

function jsonOf(texts: readonly (string | null)[], name: string): Vector {
  return inferVector(
    texts.map((text, at) => {
      if (text === null) return null;
      try {
        return parseExactJson(text);
      } catch (cause) {
        throw invalidInput(name, `has no JSON document in element ${at}.`, cause);
      }
    }),
  );
}
