/**
 * Zstandard where Node has none (before 22.15), with fzstd. That decodes in one go and trusts what a body says of
 * itself, so the frames are looked at first (RFC 8878).
 */
import { decompress } from 'fzstd';
import { slipwayError } from '../../errors/slipway-error.ts';
import { bodyTooLarge } from '../read-body.ts';

/** One frame, as far as its headers tell. */
interface Frame {
  /** Where the next one begins. */
  readonly end: number;
  readonly blocks: number;
  readonly windowBytes: number;
  /** Most that it can decode to. */
  readonly mostBytes: number;
  /** It states its size, and is decoded in place. */
  readonly isSized: boolean;
}

/** Largest window that decoders should support. */
const mostWindowBytes = 8 * 2 ** 20;
const blockBytes = 128 * 2 ** 10;
/** Bytes that may be moved for frames which don't state their size: fzstd moves the window for each block. */
const mostMovedBytes = 4 * 2 ** 30;

/** Decodes a body to at most `limitBytes`. @throws BODY_TOO_LARGE, BODY_UNDECODABLE */
export function decodeZstd(body: Uint8Array, limitBytes: number): Uint8Array {
  const mostBytes = mostDecodedBytes(body);
  // Blocks that are not full are the rule at the end of a frame only.
  if (mostBytes > 2 * limitBytes + blockBytes) throw bodyTooLarge(limitBytes);
  const decoded = decodeChecked(body);
  if (decoded.length > limitBytes) throw bodyTooLarge(limitBytes);
  return decoded;
}

/** Most bytes that a body can decode to. @throws BODY_UNDECODABLE */
export function mostDecodedBytes(body: Uint8Array): number {
  let mostBytes = 0;
  let movedBytes = 0;
  for (let at = 0; at < body.length;) {
    const frame = readFrame(body, at);
    at = frame.end;
    mostBytes += frame.mostBytes;
    if (frame.isSized) continue;
    movedBytes += frame.blocks * frame.windowBytes;
    if (frame.windowBytes > mostWindowBytes || movedBytes > mostMovedBytes) {
      throw undecodable('it takes too much memory to decode; compress it with its size stated');
    }
  }
  return mostBytes;
}

function decodeChecked(body: Uint8Array): Uint8Array {
  try {
    return decompress(body);
  } catch (error) {
    throw undecodable(error instanceof Error ? error.message : String(error));
  }
}

function undecodable(why: string): Error {
  return slipwayError('BODY_UNDECODABLE', `The request body is not valid zstd: ${why}.`);
}

function readFrame(body: Uint8Array, start: number): Frame {
  const magic = readLittle(body, start, 4);
  if (magic >>> 4 === 0x184d2a5) {
    const end = start + 8 + readLittle(body, start + 4, 4);
    return { end, blocks: 0, windowBytes: 0, mostBytes: 0, isSized: true };
  }
  if (magic !== 0xfd2fb528) throw undecodable('it does not begin as a frame does');
  const flags = readLittle(body, start + 4, 1);
  const isSingle = (flags & 32) !== 0;
  const windowAt = start + 5;
  const sizeAt = windowAt + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  const sizeLength = flags >> 6 === 0 ? Number(isSingle) : 1 << (flags >> 6);
  const size = readLittle(body, sizeAt, sizeLength) + (sizeLength === 2 ? 256 : 0);
  const windowBytes = isSingle ? size : windowOf(readLittle(body, windowAt, 1));
  const { end, blocks, bytes } = readBlocks(body, sizeAt + sizeLength);
  const isSized = sizeLength > 0;
  const mostBytes = isSized ? size : bytes;
  return { end: end + (flags & 4), blocks, windowBytes, mostBytes, isSized };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function readBlocks(
  body: Uint8Array,
  start: number,
): { readonly end: number; readonly blocks: number; readonly bytes: number } {
  let at = start;
  let bytes = 0;
  for (let blocks = 1; ; blocks++) {
    const header = readLittle(body, at, 3);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    at += 3 + (type === 1 ? 1 : size);
    bytes += type === 2 ? blockBytes : size;
    if ((header & 1) === 1) return { end: at, blocks, bytes };
  }
}

function readLittle(body: Uint8Array, at: number, length: number): number {
  if (at + length > body.length) throw undecodable('it ends too early');
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + body[at + i]!;
  return value;
}
