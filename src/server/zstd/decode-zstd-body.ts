/** Decodes a body of zstd: a small one here, a large one in a thread, so that whoever else asks is answered meanwhile. */
import { decodeInThread } from '../../payload/apart/decode-in-thread.ts';
import { inThreadTurn } from '../../payload/apart/thread-turns.ts';
import { zstdThreadUrl } from '../zstd-thread-url.ts';
import { decodeZstd, mostDecodedBytes } from './decode-zstd.ts';
import type { ZstdCall } from './zstd-message.ts';

/** Longer bodies are not even looked at here: theirs may be a million blocks. */
const smallBodyBytes = 64 * 2 ** 10;
/** What decodes to more takes more than a few milliseconds. */
const smallDecodedBytes = 2 ** 20;

/**
 * Decodes a body to at most `limitBytes`. The bytes of a large one are gone afterwards.
 *
 * @throws BODY_TOO_LARGE, BODY_UNDECODABLE
 */
export async function decodeZstdBody(body: Buffer, limitBytes: number): Promise<Buffer> {
  const isSmall = body.length <= smallBodyBytes && mostDecodedBytes(body) <= smallDecodedBytes;
  const { buffer, byteOffset, byteLength } = isSmall
    ? decodeZstd(body, limitBytes)
    : await inThreadTurn(() =>
        decodeInThread<ZstdCall, Uint8Array>(zstdThreadUrl, {
          body: ownBytes(body),
          limitBytes,
        }),
      );
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Bytes that can be given away: a body mostly has its memory for itself, and copying a gigabyte would take its time. */
function ownBytes(body: Buffer): Uint8Array {
  const isWhole = body.byteLength === body.buffer.byteLength;
  return isWhole ? new Uint8Array(body.buffer) : Uint8Array.from(body);
}
