/** Options about metrics, ids, logs and traces of a server. */
import { type Command, Option } from 'commander';
import type { LogLevel, ObserveOptions } from '../contract/observe-options.ts';
import { booleanVariable } from './boolean-variable.ts';
import { takesChoice } from './parse-value.ts';
import {
  addPayloadLogOptions,
  payloadLogOptionsOf,
  type PayloadLogValues,
} from './payload-log-options.ts';

/** Values of {@link addObserveOptions}. */
export interface ObserveValues extends PayloadLogValues {
  /** False after `--no-metrics`. */
  readonly metrics: boolean;
  /** False after `--no-request-ids`. */
  readonly requestIds: boolean;
  readonly serverTiming?: true;
  readonly accessLog?: string | true;
  readonly tracing?: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'text' | 'json';
}

/** `--no-metrics`, `--access-log` and the like. */
export function addObserveOptions(command: Command): Command {
  const level = new Option(
    '--log-level <LEVEL>',
    'Lowest level of lines on stderr and in the access log: debug, info, warn, error or silent.',
  );
  const format = new Option(
    '--log-format <NAME>',
    "Form of the server's own lines on stderr: text or json.",
  );
  addPayloadLogOptions(command);
  return command
    .option('--no-metrics', 'Do not answer /metrics (env: SLIPWAY_NO_METRICS).')
    .option('--no-request-ids', 'Send no x-request-id with answers (env: SLIPWAY_NO_REQUEST_IDS).')
    .option(
      '--server-timing',
      'Say in the header Server-Timing what each answer took (env: SLIPWAY_SERVER_TIMING).',
    )
    .addOption(
      new Option(
        '--access-log [FILE]',
        'Write a line of JSON for each request, to stderr unless a file is named.',
      ).env('SLIPWAY_ACCESS_LOG'),
    )
    .option(
      '--tracing',
      'Send traces to an OpenTelemetry collector (default: where OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_TRACES_EXPORTER is set).',
    )
    .option('--no-tracing', 'Send none in any case.')
    .addOption(
      takesChoice(level, ['debug', 'info', 'warn', 'error', 'silent'])
        .env('SLIPWAY_LOG_LEVEL')
        .default('info'),
    )
    .addOption(takesChoice(format, ['text', 'json']).env('SLIPWAY_LOG_FORMAT').default('text'));
}

/** The part of the server's options that they make up. @throws INVALID_ENVIRONMENT_VARIABLE */
export function observeOptionsOf(values: ObserveValues): ObserveOptions {
  const { logLevel, logFormat, tracing } = values;
  return {
    metrics: values.metrics && !booleanVariable('SLIPWAY_NO_METRICS'),
    requestIds: values.requestIds && !booleanVariable('SLIPWAY_NO_REQUEST_IDS'),
    serverTiming: values.serverTiming ?? booleanVariable('SLIPWAY_SERVER_TIMING'),
    accessLog: accessLogOf(values.accessLog),
    logLevel,
    logFormat,
    ...(tracing === undefined ? {} : { tracing }),
    ...payloadLogOptionsOf(values),
  };
}

/** Variables have only texts to say yes and no with. */
function accessLogOf(value: string | true = ''): string | boolean {
  if (value === true || /^(true|1|-)$/i.test(value)) return true;
  return /^(false|0|)$/i.test(value) ? false : value;
}
