/** One line of `serve-stdin`. Source: MLflow 3.17.2 pyfunc/stdin_server.py. */
import type { PyValue } from '../data/py-value.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { encodeValue } from '../payload/encode-value.ts';
import { parseJson } from '../payload/json/parse-json.ts';

/** What a line asks for. What is wrong with it is thrown only by `body`, so that the answer can say whose it is. */
export interface StdinRequest {
  /** Whatever the client calls the request; null when the line does not say. */
  readonly id: PyValue;
  /** File that the answer is appended to; null: stdout. */
  readonly outputFile: string | null;
  /** The request body. @throws INVALID_INPUT */
  readonly body: () => Buffer;
}

/** Reads a line; null stands for one that was too long to hold. */
export function readStdinRequest(line: Buffer | null): StdinRequest {
  const document = readLine(line);
  if (document instanceof Error) return { id: null, outputFile: null, body: () => raise(document) };
  const outputFile = document.get('output_file') ?? null;
  return {
    id: document.get('id') ?? null,
    outputFile: typeof outputFile === 'string' ? outputFile : null,
    body: () => {
      if (!document.has('id')) throw invalid('it has no "id"');
      if (outputFile !== null && typeof outputFile !== 'string') {
        throw invalid('"output_file" is not a string');
      }
      return bodyOf(document.get('data'));
    },
  };
}

function readLine(line: Buffer | null): ReadonlyMap<string, PyValue> | Error {
  if (line === null) return invalid('it is too long');
  try {
    const document = parseJson(line);
    return document instanceof Map ? document : invalid('it is not an object');
  } catch (error) {
    return error instanceof Error ? error : invalid('it is not JSON');
  }
}

/** `data` is JSON inside a string, as MLflow's client sends it, or the object itself. */
function bodyOf(data: PyValue | undefined): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  if (data instanceof Map) {
    return Buffer.from(encodeValue(data, { nonFinite: 'tokens', wrap: false }));
  }
  throw invalid(`"data" is ${data === undefined ? 'missing' : 'neither a string nor an object'}`);
}

function invalid(why: string): Error {
  return slipwayError(
    'INVALID_INPUT',
    `The line must be a JSON object with "id", "data" and maybe "output_file", but ${why}.`,
  );
}

function raise(error: Error): never {
  throw error;
}
