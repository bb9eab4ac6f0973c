import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { HttpClient } from './http-client.ts';

/**
 * The bytes behind an address; null where there is nothing.
 *
 * @throws the codes of {@link HttpClient.bytes}, MODEL_NOT_FOUND apart
 */
export async function readIfThere(
  client: HttpClient,
  url: URL,
  limitBytes: number,
  signal: AbortSignal | undefined,
): Promise<Buffer | null> {
  try {
    return await client.bytes(url, signal === undefined ? {} : { signal }, limitBytes);
  } catch (error) {
    if (isSlipwayError(error, 'MODEL_NOT_FOUND')) return null;
    throw error;
  }
}
