/** Collects the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';
import { slipwayError } from '../errors/slipway-error.ts';

/** Hands over the whole body, or the error BODY_TOO_LARGE or that of the stream. */
export function readBody(
  payload: IncomingMessage,
  limitBytes: number,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  payload.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  payload.on('end', () => {
    if (sizeBytes > limitBytes) done(bodyTooLarge(sizeBytes, limitBytes));
    else done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, sizeBytes));
  });
  payload.on('error', done);
}

function bodyTooLarge(sizeBytes: number, limitBytes: number): Error {
  return slipwayError(
    'BODY_TOO_LARGE',
    `The request body of ${sizeBytes} bytes is larger than the ${limitBytes} bytes that the server accepts.`,
  );
}
