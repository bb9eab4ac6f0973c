/** Sizes and header of a frame from a worker, checked before anything is allocated for them. */
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { maxBuffers, maxFrameBytes, maxHeaderBytes } from './frame-limits.ts';
import type { MessageHeader } from './message.ts';

/** A header without its `buffers`, and the lengths of the buffers that follow. */
export interface FrameHeader {
  readonly header: MessageHeader;
  readonly bufferLengths: readonly number[];
}

const none: readonly number[] = [];

/** Checks the two lengths in front of a header. @throws WORKER_PROTOCOL */
export function checkFrameSizes(frameBytes: number, headerBytes: number): void {
  if (frameBytes > maxFrameBytes) throw nonsense(`a frame of ${frameBytes} bytes`);
  if (headerBytes > maxHeaderBytes) throw nonsense(`a header of ${headerBytes} bytes`);
  if (headerBytes + 4 > frameBytes) {
    throw nonsense(`a header of ${headerBytes} bytes in a frame of ${frameBytes}`);
  }
}

/** Parses a header whose buffers take `bodyBytes`. @throws WORKER_PROTOCOL */
export function parseFrameHeader(text: string, bodyBytes: number): FrameHeader {
  const header = parseObject(text);
  const { type, id } = header;
  if (typeof type !== 'string') throw nonsense('a header without a type');
  if (id !== undefined && !Number.isSafeInteger(id)) throw nonsense('an id that is no integer');
  if (header['buffers'] === undefined) {
    if (bodyBytes > 0) throw nonsense(`${bodyBytes} bytes that no buffer claims`);
    return { header: header as MessageHeader, bufferLengths: none };
  }
  const { buffers, ...rest } = header;
  return { header: rest as MessageHeader, bufferLengths: checkLengths(buffers, bodyBytes) };
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw nonsense('a header that is no JSON', error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw nonsense('a header that is no JSON object');
  }
  return parsed as Record<string, unknown>;
}

function checkLengths(buffers: unknown, bodyBytes: number): readonly number[] {
  if (!Array.isArray(buffers)) throw nonsense('buffers that are no list');
  if (buffers.length > maxBuffers) throw nonsense(`${buffers.length} buffers`);
  const lengths: number[] = [];
  let sum = 0;
  for (const length of buffers as readonly unknown[]) {
    if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) {
      throw nonsense('a buffer whose length is no count of bytes');
    }
    lengths.push(length);
    sum += length;
  }
  if (sum !== bodyBytes) throw nonsense(`buffers of ${sum} bytes in ${bodyBytes} bytes`);
  return lengths;
}

/** The error for something that is not a message. */
export function nonsense(what: string, cause?: unknown): SlipwayError {
  return slipwayError(
    'WORKER_PROTOCOL',
    `A worker process sent ${what}. It is ended; nothing but the worker itself may write to descriptor 3.`,
    { cause },
  );
}
