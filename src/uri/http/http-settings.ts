/** How HTTP is spoken: limits, retries, TLS. Source of names, defaults and caps: MLflow 3.17.2 environment_variables.py, utils/request_utils.py. */
import { slipwayError } from '../../errors/slipway-error.ts';

/** Settings of {@link createHttpClient}. */
export interface HttpSettings {
  /** How often a request that failed in passing is sent again. Default: 7. */
  readonly maxRetries: number;
  /** Seconds before the second retry; doubles with each further one. Default: 2. */
  readonly backoffFactor: number;
  /** Up to so many seconds more, at random. Default: 1. */
  readonly backoffJitter: number;
  /** Longest silence of a server. Default: 120,000. */
  readonly timeoutMs: number;
  /** Wait as long as `Retry-After` says. Default: true. */
  readonly respectsRetryAfter: boolean;
  /** Default: true. */
  readonly allowsRedirects: boolean;
  /** Take any certificate. Default: false. */
  readonly insecureTls: boolean;
  /** File with the certificates of authorities to trust in place of the system's. */
  readonly serverCertFile: string | null;
  /** File with the client's certificate and key. */
  readonly clientCertFile: string | null;
  /** Where proxies are named: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What urllib3 caps a wait at, in seconds. */
export const longestBackoffSeconds = 120;
const retriesCap = 10;

/**
 * Reads the variables that MLflow's client reads.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function readHttpSettings(environment: NodeJS.ProcessEnv): HttpSettings {
  const number = (name: string, fallback: number, most: number): number =>
    readNumber(environment, name, fallback, most);
  const insecureTls = readFlag(environment, 'MLFLOW_TRACKING_INSECURE_TLS', false);
  const serverCertFile = readText(environment, 'MLFLOW_TRACKING_SERVER_CERT_PATH');
  if (insecureTls && serverCertFile !== null) {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      'MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other: unset one.',
    );
  }
  return {
    maxRetries: number('MLFLOW_HTTP_REQUEST_MAX_RETRIES', 7, retriesCap),
    backoffFactor: number('MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR', 2, longestBackoffSeconds),
    backoffJitter: number('MLFLOW_HTTP_REQUEST_BACKOFF_JITTER', 1, longestBackoffSeconds),
    timeoutMs: 1000 * number('MLFLOW_HTTP_REQUEST_TIMEOUT', 120, 86_400),
    respectsRetryAfter: readFlag(environment, 'MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER', true),
    allowsRedirects: readFlag(environment, 'MLFLOW_ALLOW_HTTP_REDIRECTS', true),
    insecureTls,
    serverCertFile,
    clientCertFile: readText(environment, 'MLFLOW_TRACKING_CLIENT_CERT_PATH'),
    environment,
  };
}

/** Value of a variable; null when it is unset or empty. */
export function readText(environment: NodeJS.ProcessEnv, name: string): string | null {
  const text = environment[name];
  return text === undefined || text === '' ? null : text;
}

/**
 * Value of a boolean variable, as MLflow reads them: true, false, 1, 0 in any case.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function readFlag(environment: NodeJS.ProcessEnv, name: string, fallback: boolean): boolean {
  const text = readText(environment, name);
  if (text === null) return fallback;
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  throw invalid(name, 'true, false, 1 or 0', text);
}

function readNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  most: number,
): number {
  const text = readText(environment, name);
  if (text === null) return fallback;
  const value = Number(text);
  if (/^\d+(\.\d*)?$/.test(text.trim()) && value <= most) return value;
  throw invalid(name, `a number from 0 to ${most}`, text);
}

function invalid(name: string, wanted: string, text: string): Error {
  return slipwayError('INVALID_ENVIRONMENT_VARIABLE', `${name} must be ${wanted}, not '${text}'.`);
}
