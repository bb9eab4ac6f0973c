import { slipwayError } from '../../errors/slipway-error.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';
import { shownUrl } from './http-failure.ts';

const limitBytes = 64 * 2 ** 20;

/** The JSON of an answer. @throws MODEL_FETCH_FAILED where it is none, and the codes of {@link HttpClient.bytes} */
export async function readJson(
  client: HttpClient,
  url: URL,
  request: HttpRequest = {},
): Promise<unknown> {
  const bytes = await client.bytes(url, request, limitBytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw slipwayError('MODEL_FETCH_FAILED', `${shownUrl(url)} does not answer in JSON`, {
      details: { url: shownUrl(url) },
      cause,
    });
  }
}
