/** What a server shows of itself. */

/** Options about metrics, ids, logs and traces of {@link ServeOptions}. */
export interface ObserveOptions {
  /** Answer `/metrics`. Default: true. */
  readonly metrics?: boolean;
  /** Give each answer an `x-request-id`: the client's, or a new one. Default: true. */
  readonly requestIds?: boolean;
  /** Say in `server-timing` what each answer took. Default: false. */
  readonly serverTiming?: boolean;
  /** Where a line of JSON for each request goes: a file, which is appended to, or true for stderr. Default: nowhere. */
  readonly accessLog?: string | boolean;
  /** Lowest level of lines that are written. Default: `info`. */
  readonly logLevel?: LogLevel;
  /** Form of the server's own lines on stderr. Default: `text`. */
  readonly logFormat?: 'text' | 'json';
  /** Send traces to a collector. Default: where `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_TRACES_EXPORTER` says so. */
  readonly tracing?: boolean;
  /**
   * File for a sample of requests with their answers: Parquet where it is called `….parquet`, else one object of JSON a line.
   * Default: none.
   */
  readonly payloadLog?: string;
  /** Share of requests that it takes, 0 to 1. Default: 0.01. */
  readonly payloadLogSample?: number;
  /** Most bytes of a request, and of an answer, that it takes. Default: 65,536. */
  readonly payloadLogMaxBytes?: number;
  /** Bytes after which another file is begun. Default: 64 MiB. */
  readonly payloadLogFileBytes?: number;
  /** Files that are kept, the present one included. Default: 5. */
  readonly payloadLogFiles?: number;
}

/** Lowest level of lines that are written: `silent` writes none. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
