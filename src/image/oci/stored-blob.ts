/** Content of an image, wherever it stands: memory, a file, a registry. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { digestOf } from './digest.ts';
import type { ImagePlatform } from './platform.ts';

/** Names content by its digest. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  readonly platform?: ImagePlatform;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Content that can be read again and again. */
export interface StoredBlob {
  readonly descriptor: Descriptor;
  /** The bytes from `start` (default: 0) up to `end` (default: all of them). */
  open(start?: number, end?: number): Promise<Readable>;
  /** A registry that has it, so that another repository there can take it over without a transfer. */
  readonly origin?: { readonly registry: string; readonly repository: string };
}

/** Content small enough to be held. */
export interface StoredDocument extends StoredBlob {
  readonly bytes: Buffer;
}

/** A document of `text`. */
export function createDocument(
  mediaType: string,
  content: string | Buffer,
  more: Pick<Descriptor, 'platform' | 'annotations' | 'artifactType'> = {},
): StoredDocument {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
  return {
    descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length, ...more },
    bytes,
    open: (start = 0, end = bytes.length) =>
      Promise.resolve(Readable.from([bytes.subarray(start, end)])),
  };
}

/** Content that is `descriptor.size` bytes of `file`, from `offset` on. */
export function createFileBlob(descriptor: Descriptor, file: string, offset = 0): StoredBlob {
  return {
    descriptor,
    open: async (start = 0, end = descriptor.size) =>
      start >= end
        ? Readable.from([])
        : createReadStream(file, {
            start: offset + start,
            end: offset + end - 1,
            highWaterMark: 2 ** 18,
          }),
  };
}
