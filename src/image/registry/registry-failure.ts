/** What a registry answered, in words: never a query (signatures stand there), never a secret. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { codeOf, shownUrl } from '../../uri/http/http-failure.ts';
import { PassingFailure } from './retry.ts';

const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

const hintsOnCodes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EPROTO: 'it speaks no TLS; --insecure-registry allows plain HTTP',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS; --insecure-registry allows plain HTTP',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'name its certificate in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'name its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'name its authority in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'name its authority in NODE_EXTRA_CA_CERTS',
};

/** No answer, or one that broke off. Certificates that do not fit never pass. */
export function connectionFailure(url: URL, cause: unknown): PassingFailure | SlipwayError {
  const code = codeOf(cause);
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : code;
  const hint = hintsOnCodes[code];
  const error = slipwayError(
    'REGISTRY_FAILED',
    `${shownUrl(url)} cannot be reached: ${firstLine(reason)}${hint === undefined ? '' : ` (${hint})`}`,
    { details: { url: shownUrl(url), reason: code }, cause },
  );
  return /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO|ENOTFOUND/.test(code)
    ? error
    : new PassingFailure(error);
}

/** An answer with a status that was not hoped for; `text` is the beginning of its body. */
export function statusFailure(
  url: URL,
  status: number,
  text: string,
  retryAfter?: string,
): PassingFailure | SlipwayError {
  const message = `${shownUrl(url)} answered ${status}${said(text)}`;
  const details = { url: shownUrl(url), status };
  if (status === 401 || status === 403) {
    const login = `log in with \`docker login ${url.host}\` or \`podman login ${url.host}\``;
    return slipwayError('REGISTRY_ACCESS_DENIED', `${message}; ${login}`, { details });
  }
  const error = slipwayError('REGISTRY_FAILED', message, { details });
  return passingStatuses.has(status) ? new PassingFailure(error, afterMs(retryAfter)) : error;
}

/** Something that came in a form, or with content, that it should not have. */
export function brokenAnswer(url: URL, what: string): PassingFailure {
  const message = `${shownUrl(url)} ${what}`;
  return new PassingFailure(
    slipwayError('REGISTRY_FAILED', message, { details: { url: shownUrl(url) } }),
  );
}

function afterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, 1000 * seconds) : null;
}

/** Registries answer with a list of errors; others with a page. */
function said(text: string): string {
  let line = text;
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly Record<string, unknown>[] };
    const [first] = errors ?? [];
    if (first !== undefined) line = [first['code'], first['message']].filter(Boolean).join(' ');
  } catch {
    if (/^\s*</.test(text)) return '';
  }
  line = firstLine(line);
  return line === '' ? '' : `: ${line}`;
}

function firstLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
