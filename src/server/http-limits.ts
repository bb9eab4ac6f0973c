/** What the server grants a client: bytes, time and connections. */

/** As they are asked for. */
export interface LimitOptions {
  /** Limit of one request, upload included, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest request body in bytes. Default: 1 GiB (MLflow has none). */
  readonly bodyLimitBytes?: number;
  /** For the head of a request, in milliseconds. Default: 60,000, or the time limit if that is less. */
  readonly headerTimeoutMs?: number;
  /** For the whole of a request to arrive. Default: the time limit. */
  readonly bodyTimeoutMs?: number;
  /** How long a silent connection is kept. Default: 72,000. */
  readonly keepAliveTimeoutMs?: number;
  /** Connections at once. Default: no limit. */
  readonly maxConnections?: number;
}

/** How much may be sent, how long it may take, and how many may come. */
export interface HttpLimits {
  /** Largest request body in bytes. */
  readonly bodyBytes: number;
  /** For the head of a request. */
  readonly headerMs: number;
  /** For the whole of it. */
  readonly bodyMs: number;
  /** How long a silent connection is kept. Undefined: as long as Fastify keeps it. */
  readonly keepAliveMs?: number | undefined;
  /** Undefined: no limit. */
  readonly connections?: number | undefined;
}

const defaultBodyLimitBytes = 2 ** 30;
const longestHeaderMs = 60_000;

/** Fills in the defaults; the head of a request has no more time than the whole. */
export function limitsOf({
  timeoutMs,
  bodyLimitBytes: bodyBytes = defaultBodyLimitBytes,
  bodyTimeoutMs: bodyMs = timeoutMs,
  headerTimeoutMs: headerMs = Math.min(bodyMs, longestHeaderMs),
  keepAliveTimeoutMs: keepAliveMs,
  maxConnections: connections,
}: LimitOptions): HttpLimits {
  return { bodyBytes, bodyMs, headerMs: Math.min(headerMs, bodyMs), keepAliveMs, connections };
}
