import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Whether traces are to be sent: as told, else as OpenTelemetry's own variables say.
 *
 * @throws INVALID_ENVIRONMENT_VARIABLE for an exporter or a protocol that is not there
 */
export function wantsTracing(
  told: boolean | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const {
    OTEL_SDK_DISABLED: disabled = '',
    OTEL_TRACES_EXPORTER: exporter = '',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint = '',
  } = environment;
  if (told === false || disabled.toLowerCase() === 'true') return false;
  const isAsked = exporter !== '' || endpoint !== '' || tracesEndpoint !== '';
  if (told !== true && (!isAsked || exporter === 'none')) return false;
  check('OTEL_TRACES_EXPORTER', exporter, ['', 'otlp', 'none']);
  check('OTEL_EXPORTER_OTLP_PROTOCOL', environment['OTEL_EXPORTER_OTLP_PROTOCOL'], protocols);
  check(
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'],
    protocols,
  );
  return true;
}

/** A collector that takes protobuf over HTTP takes JSON too. */
const protocols: readonly string[] = ['', 'http/json', 'http/protobuf'];

function check(name: string, value = '', allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  const known = allowed.filter((one) => one !== '').join(' or ');
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `${name} must be ${known}, not '${value}': traces are sent over HTTP (port 4318 of a collector).`,
  );
}
