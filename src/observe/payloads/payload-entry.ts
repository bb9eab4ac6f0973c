/** What the payload log keeps of one request: the same fields in every form. */
import type { KeptPayload, ObservedRequest } from '../observed-request.ts';

/** The fields, in their order; what is not known is left out. */
export interface PayloadEntry {
  /** As ISO 8601, in UTC. */
  readonly time: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly status: number;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly rows?: number;
  readonly durationMs: number;
  /** Code of the catalogue. */
  readonly error?: string;
  readonly request?: string;
  /** Where it is no text. */
  readonly requestBase64?: string;
  /** Length of the whole where only its beginning is kept. */
  readonly requestBytes?: number;
  readonly response?: string;
  readonly responseBase64?: string;
  readonly responseBytes?: number;
}

/** How a request ended. */
export interface EndOfRequest {
  readonly status: number;
  /** As `performance.now()`. */
  readonly endedAtMs: number;
}

/** Makes the entry; body and answer are cut to `maxBytes`. */
export function payloadEntry(
  request: ObservedRequest,
  { body, answer }: KeptPayload,
  { status, endedAtMs }: EndOfRequest,
  maxBytes: number,
): PayloadEntry {
  const { arrival, model, rows, errorCode, trace } = request;
  const [path = ''] = (arrival.url ?? '').split('?', 1);
  const sent = Buffer.concat(answer.map((part) => Buffer.from(part as Uint8Array)));
  return {
    time: new Date(performance.timeOrigin + request.startedAtMs).toISOString(),
    requestId: request.requestId,
    ...(trace !== null && { traceId: trace.traceId }),
    method: arrival.method ?? '',
    path,
    status,
    model: model?.name,
    version: model?.version,
    ...(rows >= 0 && { rows }),
    durationMs: Math.round((endedAtMs - request.startedAtMs) * 1000) / 1000,
    ...(errorCode !== '' && { error: errorCode }),
    ...textOf('request', body ?? new Uint8Array(), maxBytes),
    ...textOf('response', sent, maxBytes, request.bytesOut),
  };
}

/** As text where it is one, else as base64; cut where it is too long. */
function textOf<N extends 'request' | 'response'>(
  name: N,
  bytes: Uint8Array,
  maxBytes: number,
  totalBytes: number = bytes.length,
): Pick<PayloadEntry, N | `${N}Base64` | `${N}Bytes`> {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes));
  const text = part.toString('utf8');
  const isText = !text.slice(0, -1).includes('\ufffd');
  return {
    [isText ? name : `${name}Base64`]: isText ? text : part.toString('base64'),
    ...(part.length < totalBytes && { [`${name}Bytes`]: totalBytes }),
  } as Pick<PayloadEntry, N | `${N}Base64` | `${N}Bytes`>;
}

/** About how much memory an entry takes, in bytes. */
export function entryBytes(entry: PayloadEntry): number {
  const { request, requestBase64, response, responseBase64 } = entry;
  return [request, requestBase64, response, responseBase64].reduce(
    (sum, text) => sum + (text?.length ?? 0),
    overheadBytes,
  );
}

/** All that is short. */
const overheadBytes = 300;
