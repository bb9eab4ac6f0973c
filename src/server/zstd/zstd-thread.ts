/** The thread that decodes one large body (decodeZstdBody starts it); what is a bug ends it. */
import { parentPort, workerData } from 'node:worker_threads';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { decodeZstd } from './decode-zstd.ts';
import type { ZstdCall, ZstdReply } from './zstd-message.ts';

const { body, limitBytes } = workerData as ZstdCall;
const reply = answer();
parentPort?.postMessage(
  reply,
  reply.kind === 'decoded' ? [reply.decoded.buffer as ArrayBuffer] : [],
);

function answer(): ZstdReply {
  try {
    return { kind: 'decoded', decoded: decodeZstd(body, limitBytes) };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    const { code, message, details } = error;
    return { kind: 'error', code, message, details };
  }
}
