/** Tokens as OAuth 2.0 servers and metadata servers give them. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { textField } from '../tracking/read-answer.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';
import { shownUrl } from './http-failure.ts';
import type { AccessToken } from './token-source.ts';

const answerLimitBytes = 2 ** 20;
/** Where the answer does not say how long a token lasts. */
const shortestLifeSeconds = 3600;

/** Sends a form. @throws MODEL_ACCESS_DENIED, the codes of {@link HttpClient.bytes} */
export function postForToken(
  client: HttpClient,
  url: URL,
  form: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<AccessToken> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(form).toString();
  return askForToken(client, url, { method: 'POST', headers, body }, signal);
}

/** Sends any request. @throws MODEL_ACCESS_DENIED, the codes of {@link HttpClient.bytes} */
export async function askForToken(
  client: HttpClient,
  url: URL,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Promise<AccessToken> {
  const asked = { ...request, ...(signal === undefined ? {} : { signal }) };
  const bytes = await client.bytes(url, asked, answerLimitBytes);
  let answer: unknown = null;
  try {
    answer = JSON.parse(bytes.toString('utf8'));
  } catch {
    // refused below, without the text: it may hold a secret
  }
  const token = textField(answer, 'access_token') ?? textField(answer, 'accessToken');
  if (token === null) {
    throw slipwayError('MODEL_ACCESS_DENIED', `${shownUrl(url)} answers without a token`, {
      details: { url: shownUrl(url) },
    });
  }
  return { token, expiresAt: expiryOf(answer) };
}

/** Seconds from now (`expires_in`), seconds since 1970 (`expires_on`) or a date (`expireTime`). */
function expiryOf(answer: unknown): number {
  const date = Date.parse(textField(answer, 'expireTime') ?? '');
  if (!Number.isNaN(date)) return date;
  const on = Number(textField(answer, 'expires_on') ?? Number.NaN);
  if (!Number.isNaN(on)) return 1000 * on;
  const left = Number(textField(answer, 'expires_in') ?? shortestLifeSeconds);
  return Date.now() + 1000 * left;
}
