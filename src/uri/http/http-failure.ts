/** Failed requests in words: what was asked of which host, what came back, what to do. Never a secret. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

const hintsOnCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check MLFLOW_TRACKING_URI and that the server runs',
  ENOTFOUND: 'the host is not known; check its name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'no connection in time; check the network and proxies',
  ECONNRESET: 'the connection was cut',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name its certificate in MLFLOW_TRACKING_SERVER_CERT_PATH',
  SELF_SIGNED_CERT_IN_CHAIN: 'name its authority in MLFLOW_TRACKING_SERVER_CERT_PATH',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name its authority in MLFLOW_TRACKING_SERVER_CERT_PATH',
};

/** `url` without what may be secret: user info and query (presigned addresses carry signatures). */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** Why something is asked again, in a few words. */
export function describeRetry({
  url,
  cause,
}: {
  readonly url: URL;
  readonly cause: unknown;
}): string {
  const what = typeof cause === 'number' ? `answered ${cause}` : `failed (${codeOf(cause)})`;
  return `${url.host} ${what}`;
}

/** No answer, or one that broke off. */
export function connectionFailure(url: URL, attempts: number, cause: unknown): SlipwayError {
  const code = codeOf(cause);
  const reason = cause instanceof Error ? cause.message || code : String(cause);
  const hint = hintsOnCodes[code];
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return slipwayError(
    'MODEL_FETCH_FAILED',
    `${shownUrl(url)} cannot be fetched${tries}: ${reason}${hint === undefined ? '' : ` (${hint})`}`,
    { details: { url: shownUrl(url), attempts, reason: code }, cause },
  );
}

/** An answer with a status that is not a success; `text` is the beginning of its body. */
export function statusFailure(url: URL, status: number, text: string): SlipwayError {
  const said = describeBody(text);
  const details = { url: shownUrl(url), status };
  if (status === 401 || status === 403) {
    return slipwayError(
      'MODEL_ACCESS_DENIED',
      `${shownUrl(url)} answered ${status}${said}; check ${credentialNames(text)}`,
      { details },
    );
  }
  if (status === 412) {
    return slipwayError(
      'MODEL_FETCH_FAILED',
      `${shownUrl(url)} changed while it was fetched: try again`,
      { details },
    );
  }
  return slipwayError(
    isAbsent(status, text) ? 'MODEL_NOT_FOUND' : 'MODEL_FETCH_FAILED',
    `${shownUrl(url)} answered ${status}${said}`,
    { details: { ...details, errorCode: errorCode(text) } },
  );
}

function credentialNames(text: string): string {
  return messageInXml(text) === null
    ? 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN'
    : 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they are allowed';
}

/** As object stores answer. */
function messageInXml(text: string): string | null {
  return /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? null;
}

/** An alias that does not exist is a bad request to MLflow. */
function isAbsent(status: number, text: string): boolean {
  if (status === 404 || errorCode(text) === 'RESOURCE_DOES_NOT_EXIST') return true;
  return status === 400 && / not found/.test(parseBody(text)?.message ?? '');
}

/** MLflow's own code in an answer; null without one. */
function errorCode(text: string): string | null {
  return parseBody(text)?.error_code ?? null;
}

function describeBody(text: string): string {
  const said = parseBody(text)?.message ?? messageInXml(text) ?? (/^\s*</.test(text) ? '' : text);
  const line = said.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line === '' ? '' : `: ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`;
}

function parseBody(text: string): { error_code?: string; message?: string } | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return null;
    const { error_code: code, message } = body as Record<string, unknown>;
    return {
      ...(typeof code === 'string' ? { error_code: code } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return null;
  }
}

/** System code of a network error, or its name. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
