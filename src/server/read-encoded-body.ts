/** Bodies that are compressed: decoded while they arrive, and counted before and after. */
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { slipwayError } from '../errors/slipway-error.ts';
import { acceptedEncodings } from './accepted-encodings.ts';
import { bodyTooLarge, type BodyDone, collect, declaredBytes, readBody } from './read-body.ts';

/** Coding → decoder. */
const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => zlib.createGunzip()],
  ['x-gzip', () => zlib.createGunzip()],
  ['deflate', () => zlib.createInflate()],
  ['br', () => zlib.createBrotliDecompress()],
  ...nativeZstd(),
]);

/** The coding of a body; null where it has none. */
export function codingOf({ headers }: IncomingMessage): string | null {
  const coding = headers['content-encoding']?.trim().toLowerCase();
  return coding === undefined || coding === '' || coding === 'identity' ? null : coding;
}

/**
 * Hands over the decoded body, or an error: BODY_TOO_LARGE, UNSUPPORTED_ENCODING, BODY_UNDECODABLE, or that of the
 * stream.
 */
export function readEncodedBody(
  payload: IncomingMessage,
  coding: string,
  limitBytes: number,
  done: BodyDone,
): void {
  const refuse = (error: Error): void => {
    payload.unpipe();
    payload.resume();
    done(error);
  };
  const decoder = decoders.get(coding)?.();
  if (decoder === undefined) {
    if (coding !== 'zstd') refuse(unsupported(coding));
    else void readZstdBody(payload, limitBytes, done);
    return;
  }
  if (declaredBytes(payload) > limitBytes) return refuse(bodyTooLarge(limitBytes));
  let isOver = false;
  const settle: BodyDone = (error, body) => {
    if (isOver) return;
    isOver = true;
    if (error === null) return done(null, body);
    decoder.destroy();
    refuse(error);
  };
  payload.on('error', settle);
  collect(decoder, limitBytes, (error, body) =>
    settle(error === null || 'definition' in error ? error : undecodable(coding, error), body),
  );
  payload.pipe(decoder);
}

/** Since Node 22.15. */
function nativeZstd(): (readonly [string, () => Transform])[] {
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  return typeof create === 'function' ? [['zstd', () => create() as Transform]] : [];
}

/** Before Node 22.15 the whole body is decoded at once, a large one in a thread. */
async function readZstdBody(
  payload: IncomingMessage,
  limitBytes: number,
  done: BodyDone,
): Promise<void> {
  const { decodeZstdBody } = await import('./zstd/decode-zstd-body.ts');
  readBody(payload, limitBytes, (error, body) => {
    if (error !== null || body === undefined) return done(error);
    void decodeWhole(() => decodeZstdBody(body, limitBytes), done);
  });
}

async function decodeWhole(decode: () => Promise<Buffer>, done: BodyDone): Promise<void> {
  let decoded: Buffer;
  try {
    decoded = await decode();
  } catch (failure) {
    return done(failure instanceof Error ? failure : new Error(String(failure)));
  }
  done(null, decoded);
}

function unsupported(coding: string): Error {
  return slipwayError(
    'UNSUPPORTED_ENCODING',
    `The Content-Encoding ${JSON.stringify(coding.slice(0, 100))} is not supported; send ${acceptedEncodings} or none.`,
  );
}

function undecodable(coding: string, cause: Error): Error {
  return slipwayError(
    'BODY_UNDECODABLE',
    `The request body is not valid ${coding}: ${cause.message}.`,
    {
      cause,
    },
  );
}
