/** The thread that decodes one large body (decodeApart starts it). */
import { parentPort, workerData } from 'node:worker_threads';
import { isFrame } from '../../data/frame.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import { isSlipwayError } from '../../errors/slipway-error.ts';
import { decodeRequest } from '../decode-request.ts';
import type { DecodedRequest } from '../decoded-request.ts';
import type { BodyCall, BodyReply } from './body-message.ts';

const { body, contentType, signature, options } = workerData as BodyCall;
try {
  const decoded = await decodeRequest(body, contentType, signature, options);
  send({ kind: 'decoded', decoded: ownArrays(decoded) });
} catch (error) {
  send(replyTo(error));
}

/** Columns may be views of a kernel's memory, which cannot leave the thread. */
function ownArrays(decoded: DecodedRequest): DecodedRequest {
  return { ...decoded, data: ownData(decoded.data) };
}

function ownData(data: ScoringInput): ScoringInput {
  if (!isFrame(data)) return data;
  const columns = data.columns.map(({ label, data: vector }) => {
    const { values } = vector;
    const own = ArrayBuffer.isView(values) ? { ...vector, values: values.slice() } : vector;
    return { label, data: own as typeof vector };
  });
  return { ...data, columns };
}

function replyTo(error: unknown): BodyReply {
  if (!isSlipwayError(error)) {
    return { kind: 'bug', text: error instanceof Error ? (error.stack ?? '') : String(error) };
  }
  const { code, message, details } = error;
  return { kind: 'error', code, message, details };
}

function send(reply: BodyReply): void {
  const buffers = reply.kind === 'decoded' ? buffersOf(reply.decoded.data) : [];
  parentPort?.postMessage(reply, buffers);
}

function buffersOf(data: ScoringInput): readonly ArrayBuffer[] {
  if (!isFrame(data)) return [];
  return data.columns.flatMap(({ data: { values } }) =>
    ArrayBuffer.isView(values) ? [values.buffer as ArrayBuffer] : [],
  );
}
