/** A message → the pieces of one frame, in the order in which they are written. */
import { slipwayError } from '../errors/slipway-error.ts';
import { maxFrameBytes, prefixBytes } from './frame-limits.ts';
import type { Message } from './message.ts';

/** Below this, room for the longest UTF-8 form is taken instead of measuring the header first. */
const smallHeader = 1024;

/**
 * Encodes the header; the buffers follow as they are, uncopied, and must not change until they are written.
 *
 * @throws WORKER_PROTOCOL when the message is longer than a frame may be
 */
export function encodeFrame(message: Message): readonly Uint8Array[] {
  const { buffers } = message;
  let size = 4;
  for (const buffer of buffers) size += buffer.byteLength;
  const head = encodeHead(headerText(message));
  size += head.length - prefixBytes;
  if (size > maxFrameBytes) {
    throw slipwayError(
      'WORKER_PROTOCOL',
      `A message of ${size} bytes is too long for a worker; send at most ${maxFrameBytes} bytes at once.`,
    );
  }
  head.writeUInt32LE(size, 0);
  return buffers.length === 0 ? [head] : [head, ...buffers];
}

function headerText({ header, buffers }: Message): string {
  if (buffers.length === 0 && header['buffers'] === undefined) return JSON.stringify(header);
  const lengths = buffers.map((buffer) => buffer.byteLength);
  return JSON.stringify({ ...header, buffers: buffers.length === 0 ? undefined : lengths });
}

/** Prefix and header in one piece; the size of the frame is filled in later. */
function encodeHead(text: string): Buffer {
  const room = text.length <= smallHeader ? text.length * 3 : Buffer.byteLength(text);
  const head = Buffer.allocUnsafe(prefixBytes + room);
  const length = head.write(text, prefixBytes);
  head.writeUInt32LE(length, 4);
  return head.subarray(0, prefixBytes + length);
}
