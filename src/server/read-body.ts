/** Collects the body of a request, up to a limit; what is over it is refused as soon as that is known. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';

/** Gets the whole body, or the error. Called once. */
export type BodyDone = (error: Error | null, body?: Buffer) => void;

/** Hands over the whole body, or the error BODY_TOO_LARGE or that of the stream. */
export function readBody(payload: IncomingMessage, limitBytes: number, done: BodyDone): void {
  if (declaredBytes(payload) <= limitBytes) {
    collect(payload, limitBytes, done);
    return;
  }
  payload.resume();
  done(bodyTooLarge(limitBytes));
}

/** Length that a request states; 0 where it states none. */
export function declaredBytes({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

/** Collects a stream; the rest of one that is too long is read and thrown away. */
export function collect(stream: Readable, limitBytes: number, done: BodyDone): void {
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isOver = false;
  const settle = (error: Error | null, body?: Buffer): void => {
    if (isOver) return;
    isOver = true;
    chunks = [];
    done(error, body);
  };
  stream.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) settle(bodyTooLarge(limitBytes));
    else chunks.push(chunk);
  });
  stream.on('end', () => {
    const [first] = chunks;
    settle(
      null,
      chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, sizeBytes),
    );
  });
  stream.on('error', settle);
}

/** The error of a body that is too long. */
export function bodyTooLarge(limitBytes: number): SlipwayError {
  return slipwayError(
    'BODY_TOO_LARGE',
    `The request body is larger than the ${limitBytes} bytes that this server accepts (--max-body).`,
    { details: { limitBytes } },
  );
}
