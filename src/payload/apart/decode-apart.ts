/** Decodes large bodies in threads, so that whoever else asks is answered meanwhile. */
import { Worker } from 'node:worker_threads';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { Signature } from '../../model/signature.ts';
import { bodyThreadUrl } from '../body-thread-url.ts';
import type { DecodedRequest } from '../decoded-request.ts';
import type { DecodeOptions } from '../decode-options.ts';
import type { BodyCall, BodyReply } from './body-message.ts';
import { inThreadTurn } from './thread-turns.ts';

/** Bodies beyond that take longer to decode than a thread to start, in bytes. */
export const largeBodyBytes = 8_000_000;

/**
 * Gives what `decodeRequest` gives. A thread decodes one body and ends, so that its memory goes back; there is at most
 * one a core, and other bodies wait.
 *
 * @throws what `decodeRequest` throws
 */
export async function decodeApart(
  body: Uint8Array,
  contentType: string | undefined,
  signature: Signature | null,
  { compat, lenientTypes }: DecodeOptions,
): Promise<DecodedRequest> {
  return inThreadTurn(() =>
    decodeInThread({
      body: Uint8Array.from(body),
      contentType,
      signature,
      options: { compat, lenientTypes },
    }),
  );
}

function decodeInThread(call: BodyCall): Promise<DecodedRequest> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(bodyThreadUrl, {
      execArgv: [],
      workerData: call,
      transferList: [call.body.buffer as ArrayBuffer],
    });
    thread.once('message', (reply: BodyReply) => {
      if (reply.kind === 'decoded') resolve(reply.decoded);
      else if (reply.kind === 'bug') reject(new Error(reply.text));
      else reject(slipwayError(reply.code, reply.message, { details: reply.details }));
    });
    thread.once('error', reject);
    thread.once('exit', () =>
      reject(new Error('the thread that decodes a body ended without a word')),
    );
  });
}
