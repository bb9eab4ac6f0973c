/** Decodes large bodies in threads, so that whoever else asks is answered meanwhile. */
import type { Signature } from '../../model/signature.ts';
import { bodyThreadUrl } from '../body-thread-url.ts';
import type { DecodedRequest } from '../decoded-request.ts';
import type { DecodeOptions } from '../decode-options.ts';
import type { BodyCall } from './body-message.ts';
import { decodeInThread } from './decode-in-thread.ts';
import { inThreadTurn } from './thread-turns.ts';

/** Bodies beyond that take longer to decode than a thread to start, in bytes. */
export const largeBodyBytes = 8_000_000;

/**
 * Gives what `decodeRequest` gives. A thread decodes one body and ends, so that its memory goes back; there is at most
 * one a core, and other bodies wait.
 *
 * @throws what `decodeRequest` throws
 */
export async function decodeApart(
  body: Uint8Array,
  contentType: string | undefined,
  signature: Signature | null,
  { compat, lenientTypes }: DecodeOptions,
): Promise<DecodedRequest> {
  return inThreadTurn(() =>
    decodeInThread<BodyCall, DecodedRequest>(bodyThreadUrl, {
      body: Uint8Array.from(body),
      contentType,
      signature,
      options: { compat, lenientTypes },
    }),
  );
}
