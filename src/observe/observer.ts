/** Observes every request of a server: counts it, logs it, traces it. The server calls it at three moments, and needs nothing of it. */
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { LogRequest } from './access-log.ts';
import type { Metrics } from './metrics.ts';
import { ObservedModel } from './observed-model.ts';
import { type Arrival, ObservedRequest } from './observed-request.ts';
import type { PayloadLog } from './payload-log.ts';
import { routeOf } from './route-of.ts';
import { serverTiming } from './server-timing.ts';
import type { Tracing } from './tracing.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

/** Headers of an answer that is about to be sent. */
export type AnswerHeaders = Record<string, string | number | readonly string[] | undefined>;

/** What an observer does; everything is optional. */
export interface ObserverParts {
  readonly metrics: Metrics | null;
  /** Gives each request its id. */
  readonly requestIds: ((given: string | undefined) => string) | null;
  readonly serverTiming: boolean;
  readonly accessLog: LogRequest | null;
  readonly tracing?: Tracing | null;
  readonly payloadLog?: PayloadLog | null;
  /** Writes what is left of logs and traces. */
  readonly close: () => Promise<void>;
}

/** Status in counts and logs of a request whose client left before it was answered. */
export const clientGoneStatus = 499;

/** Observes the requests of one server. */
export class Observer {
  readonly metrics: Metrics | null;
  readonly #parts: ObserverParts;

  constructor(parts: ObserverParts) {
    this.metrics = parts.metrics;
    this.#parts = parts;
  }

  /**
   * A request has come.
   *
   * @param startedAtMs as `performance.now()`
   * @param used notes of a request that has ended, to be written anew
   */
  begin(
    arrival: Arrival,
    startedAtMs: number = performance.now(),
    used?: ObservedRequest,
  ): ObservedRequest {
    const request =
      used === undefined
        ? new ObservedRequest(arrival, startedAtMs)
        : used.restart(arrival, startedAtMs);
    const { metrics, requestIds } = this.#parts;
    if (metrics !== null) metrics.inFlight += 1;
    const { headers } = arrival;
    if (requestIds !== null) request.requestId = requestIds(oneOf(headers['x-request-id']));
    const { traceparent } = headers;
    if (traceparent !== undefined) request.trace = parseTraceparent(oneOf(traceparent));
    this.#parts.tracing?.begin(request);
    this.#parts.payloadLog?.begin(request);
    return request;
  }

  /** The head of its answer is about to be sent: adds headers. */
  answer(request: ObservedRequest, headers: AnswerHeaders): void {
    request.bytesOut = Number(headers['content-length'] ?? 0);
    if (request.requestId !== '') headers['x-request-id'] = request.requestId;
    if (request.trace !== null) headers['traceparent'] = formatTraceparent(request.trace);
    if (this.#parts.serverTiming) headers['server-timing'] = serverTiming(request);
  }

  /** The same for a head that is written as text: lines of headers. */
  answerHead(request: ObservedRequest): string {
    let lines = '';
    if (request.requestId !== '') lines += `x-request-id: ${request.requestId}\r\n`;
    if (request.trace !== null) lines += `traceparent: ${formatTraceparent(request.trace)}\r\n`;
    if (this.#parts.serverTiming) lines += `server-timing: ${serverTiming(request)}\r\n`;
    return lines;
  }

  /**
   * It was answered, or never will be; only the first call counts.
   *
   * @param endedAtMs as `performance.now()`
   */
  end(request: ObservedRequest, status: number, endedAtMs: number = performance.now()): void {
    if (request.hasEnded) return;
    request.hasEnded = true;
    const { metrics, accessLog } = this.#parts;
    if (metrics !== null) count(metrics, request, status, endedAtMs);
    if (accessLog !== null) accessLog(request, status, endedAtMs);
    this.#parts.tracing?.end(request, status, endedAtMs);
    if (request.payload !== null) this.#parts.payloadLog?.end(request, status, endedAtMs);
  }

  /** Something came that is no request of HTTP, or none that ever ended. */
  malformed(): void {
    if (this.metrics !== null) this.metrics.malformed += 1;
  }

  /** Writes what is left of logs and traces. */
  close(): Promise<void> {
    return this.#parts.close();
  }
}

/** Notes why a request failed. */
export function noteFailure(request: ObservedRequest, error: unknown): void {
  request.errorCode = isSlipwayError(error) ? error.code : 'INTERNAL_ERROR';
}

function count(
  metrics: Metrics,
  request: ObservedRequest,
  status: number,
  endedAtMs: number,
): void {
  metrics.inFlight -= 1;
  const { model, errorCode } = request;
  const meter = model instanceof ObservedModel ? model.meter : metrics.other;
  const route = request.route === '' ? routeOf(request.arrival.url ?? '') : request.route;
  meter.route(route).ended(status, (endedAtMs - request.startedAtMs) / 1000);
  if (model !== null) meter.scored(request);
  if (errorCode !== '') meter.failed(errorCode);
}

function oneOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0];
}
