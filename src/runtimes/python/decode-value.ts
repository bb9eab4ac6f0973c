/** What a worker sends back → a prediction. The worker runs the model's code, so nothing it says is taken on trust. */
import { type Column, frame } from '../../data/frame.ts';
import { ndArray } from '../../data/nd-array.ts';
import { parseExactJson } from '../../data/parse-exact-json.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Prediction } from '../../data/scoring-data.ts';
import type { Vector } from '../../data/vector.ts';
import { slipwayError, type SlipwayError } from '../../errors/slipway-error.ts';
import { decodeNumbers } from './decode-numbers.ts';
import { decodeTexts } from './decode-texts.ts';

type Buffers = readonly Uint8Array[];
type Fields = Readonly<Record<string, unknown>>;

/**
 * Decodes the `value` of a `result` or `item` message.
 *
 * @throws WORKER_PROTOCOL when it is not what a worker may send, UNENCODABLE_RESULT for JSON nested too deeply
 */
export function decodeValue(value: unknown, buffers: Buffers): Prediction {
  const node = fieldsOf(value);
  if (node['json'] !== undefined) return decodeJson(bufferAt(buffers, node['json']));
  if (node['array'] !== undefined) return decodeArray(listOf(node['array']), buffers);
  if (node['frame'] !== undefined) return decodeFrame(fieldsOf(node['frame']), buffers);
  if (node['dict'] === undefined) throw broken('a value of no known kind');
  const pairs = listOf(node['dict']).map((pair): [string, PyValue] => {
    const [key, item] = listOf(pair);
    if (typeof key !== 'string') throw broken('a key that is no text');
    return [key, decodeValue(item, buffers)];
  });
  return new Map(pairs);
}

function decodeJson(bytes: Uint8Array): PyValue {
  try {
    return parseExactJson(textOf(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw slipwayError(
      'UNENCODABLE_RESULT',
      `The model's result cannot be written as JSON: ${error.message}.`,
      { cause: error },
    );
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function decodeArray([dtype, shape, content]: readonly unknown[], buffers: Buffers): PyValue {
  const sizes = listOf(shape).map(countOf);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw broken('an array of impossible size');
  return ndArray(decodeVector([dtype, ...contentOf(content)], count, buffers), sizes);
}

function contentOf(content: unknown): readonly unknown[] {
  return Array.isArray(content) ? (content as readonly unknown[]) : [content];
}

function decodeVector(
  [dtype, first, second]: readonly unknown[],
  count: number,
  buffers: Buffers,
): Vector {
  if (typeof dtype !== 'string') throw broken('a dtype that is no text');
  const data = bufferAt(buffers, first);
  if (dtype !== 'object' && dtype !== 'str') return decodeNumbers(dtype, data, count);
  return { dtype, values: decodeTexts(data, bufferAt(buffers, second), count) };
}

function decodeFrame(fields: Fields, buffers: Buffers): PyValue {
  const rows = countOf(fields['rows']);
  const labels = listOf(fields['labels']);
  const vectors = listOf(fields['columns']);
  if (labels.length !== vectors.length) throw broken('labels and columns that do not match');
  const columns = vectors.map((vector, position): Column => {
    const label = labels[position];
    if (typeof label !== 'string' && typeof label !== 'number') throw broken('an odd label');
    return { label, data: decodeVector(listOf(vector), rows, buffers) };
  });
  return frame(columns, rows);
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null) return value as Fields;
  throw broken('a value that is no object');
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw broken('something that is no list');
}

function countOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw broken('a size that is no count');
}

function bufferAt(buffers: Buffers, index: unknown): Uint8Array {
  const found = typeof index === 'number' ? buffers[index] : undefined;
  if (found === undefined) throw broken('the number of a buffer that is not there');
  return found;
}

/** The error for a message that no worker of ours sends. */
export function broken(what: string): SlipwayError {
  return slipwayError('WORKER_PROTOCOL', `A worker process answered with ${what}.`);
}
