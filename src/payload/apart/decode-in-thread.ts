import { Worker } from 'node:worker_threads';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ThreadReply } from './thread-reply.ts';

/**
 * Starts the thread at `url` with `call`, whose bytes become its own, and gives what it has decoded.
 *
 * @throws the catalogue error of its reply
 */
export function decodeInThread<Call extends { readonly body: Uint8Array }, Decoded>(
  url: URL,
  call: Call,
): Promise<Decoded> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(url, {
      execArgv: [],
      workerData: call,
      transferList: [call.body.buffer as ArrayBuffer],
    });
    thread.once('message', (reply: ThreadReply<Decoded>) => {
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
