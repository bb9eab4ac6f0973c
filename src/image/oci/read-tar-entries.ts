/** The entries of a tar archive as it streams by: ustar, GNU long names, pax. Reads what others wrote, so it believes little. */
import type { Readable } from 'node:stream';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readTarExtension } from '../../uri/artifacts/tar-extension.ts';

const blockBytes = 512;
const extendedLimitBytes = 2 ** 20;

/** One entry. Its content has to be read before the next one is asked for, else it is passed over. */
export interface TarEntry {
  /** Without `./` before and `/` after it. */
  readonly path: string;
  /** As in the header: `0` file, `1` link, `2` symbolic link, `5` folder… */
  readonly type: string;
  readonly target: string;
  readonly sizeBytes: number;
  /** Where the content begins in the archive. */
  readonly offset: number;
  content(): AsyncGenerator<Buffer>;
}

/** @throws IMAGE_INVALID */
export async function* readTarEntries(stream: Readable): AsyncGenerator<TarEntry> {
  const input = new Input(stream);
  let extension: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const header = await input.take(blockBytes);
    if (header === null || header.every((byte) => byte === 0)) return;
    const plain = readHeader(header);
    const sizeBytes = Number(extension.get('size') ?? plain.sizeBytes);
    if (plain.type === 'x' || plain.type === 'L' || plain.type === 'K' || plain.type === 'g') {
      if (plain.sizeBytes > extendedLimitBytes) throw invalid('has a huge header');
      const content = await input.take(plain.sizeBytes);
      await input.skip(padding(plain.sizeBytes));
      if (content === null) throw invalid('is cut');
      if (plain.type !== 'g') {
        extension = new Map([...extension, ...readTarExtension(plain.type, content)]);
      }
      continue;
    }
    const end = input.offset + sizeBytes;
    yield {
      path: (extension.get('path') ?? plain.path).replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''),
      target: extension.get('linkpath') ?? plain.target,
      type: plain.type,
      sizeBytes,
      offset: input.offset,
      content: () => input.read(end - input.offset),
    };
    await input.skip(end - input.offset + padding(sizeBytes));
    extension = new Map();
  }
}

function padding(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function readHeader(header: Buffer): Pick<TarEntry, 'path' | 'type' | 'target' | 'sizeBytes'> {
  const text = (start: number, length: number): string =>
    header.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== Number.parseInt(text(148, 8), 8)) throw invalid('is no tar archive');
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? text(345, 155) : '';
  const flag = String.fromCodePoint(header[156] ?? 0);
  const sizeBytes =
    ((header[124] ?? 0) & 0x80) === 0
      ? Number.parseInt(text(124, 12).trim() || '0', 8)
      : Number(header.readBigUInt64BE(128));
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw invalid('has an entry without size');
  return {
    path: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    type: flag === '\0' ? '0' : flag,
    target: text(157, 100),
    sizeBytes: ['1', '2', '5'].includes(flag) ? 0 : sizeBytes,
  };
}

/** A stream of which any number of bytes can be taken. */
class Input {
  readonly #parts: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes taken so far. */
  offset = 0;

  constructor(stream: Readable) {
    this.#parts = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** null at the end of the stream. @throws IMAGE_INVALID */
  async take(count: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for await (const part of this.#pieces(count)) parts.push(part);
    const taken = Buffer.concat(parts);
    if (taken.length === count) return taken;
    if (taken.length === 0) return null;
    throw invalid('is cut');
  }

  async *read(count: number): AsyncGenerator<Buffer> {
    let left = count;
    for await (const part of this.#pieces(count)) {
      left -= part.length;
      yield part;
    }
    if (left > 0) throw invalid('is cut');
  }

  async skip(count: number): Promise<void> {
    for await (const part of this.read(count)) void part;
  }

  async *#pieces(count: number): AsyncGenerator<Buffer> {
    let left = count;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#parts.next();
        if (next.done === true) return;
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      left -= part.length;
      this.offset += part.length;
      yield part;
    }
  }
}

function invalid(what: string): Error {
  return slipwayError('IMAGE_INVALID', `The archive ${what}.`);
}
