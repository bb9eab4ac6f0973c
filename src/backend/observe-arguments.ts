import type { ObserveOptions } from '../contract/observe-options.ts';

/** The command line of a server process that is to be seen so. */
export function observeArguments({
  metrics,
  requestIds,
  serverTiming,
  accessLog,
  logLevel,
  logFormat,
  tracing,
  ...payload
}: ObserveOptions): string[] {
  const args: string[] = [];
  if (metrics === false) args.push('--no-metrics');
  if (requestIds === false) args.push('--no-request-ids');
  if (serverTiming === true) args.push('--server-timing');
  if (accessLog !== undefined && accessLog !== false) {
    args.push(accessLog === true ? '--access-log' : `--access-log=${accessLog}`);
  }
  if (logLevel !== undefined) args.push('--log-level', logLevel);
  if (logFormat !== undefined) args.push('--log-format', logFormat);
  if (tracing !== undefined) args.push(tracing ? '--tracing' : '--no-tracing');
  return [...args, ...payloadArguments(payload)];
}

function payloadArguments({
  payloadLog,
  payloadLogSample,
  payloadLogMaxBytes,
  payloadLogFileBytes,
  payloadLogFiles,
}: ObserveOptions): string[] {
  if (payloadLog === undefined) return [];
  const given = {
    '--payload-log': payloadLog,
    '--payload-log-sample': payloadLogSample,
    '--payload-log-max-bytes': payloadLogMaxBytes,
    '--payload-log-file-bytes': payloadLogFileBytes,
    '--payload-log-files': payloadLogFiles,
  };
  return Object.entries(given).flatMap(([flag, value]) =>
    value === undefined ? [] : [flag, String(value)],
  );
}
