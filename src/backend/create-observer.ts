/** From the options of a server to what observes its requests. */
import { openSync } from 'node:fs';
import type { ObserveOptions } from '../contract/observe-options.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { createAccessLog, type LogRequest } from '../observe/access-log.ts';
import { counter } from '../observe/metric-family.ts';
import { LineWriter } from '../observe/line-writer.ts';
import { Metrics } from '../observe/metrics.ts';
import { Observer } from '../observe/observer.ts';
import { openPayloadLog, type PayloadLog } from '../observe/payload-log.ts';
import { createRequestIds } from '../observe/request-id.ts';
import { createServerLog, type ServerLog } from '../observe/server-log.ts';
import type { Tracing } from '../observe/tracing.ts';
import { slipwayVersion } from '../server/slipway-version.ts';
import { fileOfPlace } from './file-of-place.ts';
import { isSibling, siblingPlace } from './processes/sibling-variable.ts';
import { wantsTracing } from './wants-tracing.ts';

const stderrFd = 2;

/** What a server needs to be seen. */
export interface Seeing {
  readonly observer: Observer;
  /** Writes the server's own lines. */
  readonly log: ServerLog;
}

/**
 * Opens files and makes the observer; close it when the server has stopped.
 *
 * @throws LOG_FILE_UNWRITABLE, CAPABILITY_UNAVAILABLE, INVALID_ENVIRONMENT_VARIABLE
 */
export async function createObserver(options: ObserveOptions): Promise<Seeing> {
  const { logLevel: level = 'info', logFormat: format = 'text' } = options;
  const log = createServerLog({ level, format });
  const metrics = options.metrics === false ? null : new Metrics();
  const accessLog = openAccessLog(options, metrics, log);
  const tracing = await openTraces(options, log);
  const payloadLog = openPayloads(options, metrics, log);
  const observer = new Observer({
    tracing,
    payloadLog,
    metrics,
    requestIds: options.requestIds === false ? null : createRequestIds(),
    serverTiming: options.serverTiming === true,
    accessLog: accessLog?.logRequest ?? null,
    close: async () => {
      await Promise.all([accessLog?.writer.close(), tracing?.close(), payloadLog?.close()]);
    },
  });
  return { observer, log };
}

async function openTraces({ tracing }: ObserveOptions, log: ServerLog): Promise<Tracing | null> {
  if (!wantsTracing(tracing)) return null;
  const { openTracing } = await import('../observe/tracing.ts');
  return openTracing({
    version: slipwayVersion,
    onError: ({ message }) =>
      log('warn', `slipway: warning: traces cannot be sent, and are lost: ${message}`),
  });
}

interface OpenedLog {
  readonly writer: LineWriter;
  readonly logRequest: LogRequest;
}

function openAccessLog(
  { accessLog = false, logLevel = 'info' }: ObserveOptions,
  metrics: Metrics | null,
  log: ServerLog,
): OpenedLog | null {
  if (accessLog === false || logLevel === 'silent') return null;
  const writer = new LineWriter({
    fd: accessLog === true ? stderrFd : opened(accessLog, () => openSync(accessLog, 'a')),
    isShared: isSibling(),
    onError: ({ message }) =>
      log('warn', `slipway: warning: the access log cannot be written, lines are lost: ${message}`),
  });
  metrics?.add(() => [
    counter('slipway_access_log_dropped_total', 'Lines that the access log could not take.', [
      { labels: {}, value: writer.dropped },
    ]),
  ]);
  return { writer, logRequest: createAccessLog(writer, logLevel) };
}

function openPayloads(
  {
    payloadLog,
    payloadLogSample: sample = 0.01,
    payloadLogMaxBytes: maxBytes = 64 * 1024,
    payloadLogFileBytes: fileBytes = 64 * 2 ** 20,
    payloadLogFiles: files = 5,
  }: ObserveOptions,
  metrics: Metrics | null,
  log: ServerLog,
): PayloadLog | null {
  if (payloadLog === undefined || payloadLog === '') return null;
  const file = fileOfPlace(payloadLog, siblingPlace());
  const onError = ({ message }: Error): void =>
    log(
      'warn',
      `slipway: warning: the payload log cannot be written, requests are missing in it: ${message}`,
    );
  const payloads = opened(file, () =>
    openPayloadLog({ file, sample, maxBytes, fileBytes, files, onError }),
  );
  metrics?.add(() => [
    counter('slipway_payload_log_lines_total', 'Requests that the payload log took.', [
      { labels: {}, value: payloads.kept },
    ]),
    counter('slipway_payload_log_dropped_total', 'Requests that the payload log could not write.', [
      { labels: {}, value: payloads.dropped },
    ]),
  ]);
  return payloads;
}

function opened<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw slipwayError(
      'LOG_FILE_UNWRITABLE',
      `The log file ${file} cannot be opened for writing: ${why}; name another, or create its folder.`,
      { details: { file }, cause: error },
    );
  }
}
