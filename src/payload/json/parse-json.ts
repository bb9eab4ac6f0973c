/** JSON as Python's `json.loads` reads it: exact integers, NaN and Infinity, key order, lone surrogates. */
import type { PyDict, PyValue } from '../../data/py-value.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { decodeJsonText, detectJsonEncoding } from './decode-json-text.ts';
import { jsonSyntaxError, unreadableJson } from './json-error.ts';
import { JsonReader } from './json-reader.ts';

/**
 * Reads a document. Ints become bigint, floats number, objects Map (the last of equal keys wins, at the
 * place of the first).
 *
 * @throws INVALID_INPUT when it is not JSON, nested deeper than Python reads, or holds an integer of
 * more than 4300 digits
 */
export function parseJson(body: Uint8Array): PyValue {
  const text = decodeJsonText(body);
  if (text === null) {
    const encoding = detectJsonEncoding(body).replace('-sig', '');
    throw unreadableJson(`UnicodeDecodeError('${encoding}')`, body, { encoding });
  }
  return new JsonReader(text, (problem, at) => jsonSyntaxError(problem, text, at, body)).read();
}

/**
 * Reads a document that must be an object.
 * @throws INVALID_INPUT also when it is a list or a scalar; `stem` starts that message
 */
export function parseJsonObject(body: Uint8Array, stem: string, typeName: NameType): PyDict {
  const value = parseJson(body);
  if (value instanceof Map) return value;
  const received = Array.isArray(value)
    ? 'Received a list.'
    : `Received unexpected input type '<class '${typeName(value)}'>.`;
  throw slipwayError('INVALID_INPUT', `Invalid input. ${stem}. ${received}`);
}

type NameType = (value: PyValue) => string;
