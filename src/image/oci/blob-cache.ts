/** Layers of bases, kept on this machine under their digests, and which digest a name had when it was last asked for. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { z } from 'zod';
import { cacheFolder } from '../../uri/cache/cache-folder.ts';
import { hexOf } from './digest.ts';
import { createFileBlob, type Descriptor, type StoredBlob } from './stored-blob.ts';

/** What a name led to. */
export interface KeptName {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** When, as ISO 8601. */
  readonly at: string;
}

const keptName: z.ZodType<KeptName> = z.object({
  digest: z.string(),
  mediaType: z.string(),
  size: z.number(),
  at: z.string(),
});

/** Beside the models: SLIPWAY_CACHE, else the folder that the system has for caches. */
export class BlobCache {
  readonly #folder: string;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#folder = path.join(path.dirname(cacheFolder(environment)), 'images');
  }

  /** The blob, if it is here, whole. */
  async find(descriptor: Descriptor): Promise<StoredBlob | null> {
    const file = this.#fileOf(descriptor.digest);
    const there = await stat(file).catch(() => null);
    return there?.size === descriptor.size ? createFileBlob(descriptor, file) : null;
  }

  /** Keeps what `write` writes; it has checked the digest when it is done. */
  async keep(descriptor: Descriptor, write: (file: string) => Promise<void>): Promise<StoredBlob> {
    const file = this.#fileOf(descriptor.digest);
    const aside = `${file}.${randomUUID()}`;
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await write(aside);
      await rename(aside, file);
    } finally {
      await rm(aside, { force: true });
    }
    return createFileBlob(descriptor, file);
  }

  /** Keeps a small document whose digest is known to be right. */
  async keepBytes(descriptor: Descriptor, bytes: Buffer): Promise<void> {
    if ((await this.find(descriptor)) !== null) return;
    await this.keep(descriptor, async (file) => {
      const stream = createWriteStream(file);
      stream.end(bytes);
      await finished(stream);
    });
  }

  async remember(name: string, kept: KeptName): Promise<void> {
    const file = this.#nameFile(name);
    await mkdir(path.dirname(file), { recursive: true });
    const aside = `${file}.${randomUUID()}`;
    await writeFile(aside, JSON.stringify({ name, ...kept }));
    await rename(aside, file);
  }

  /** null when the name was never asked for. */
  async recall(name: string): Promise<KeptName | null> {
    const text = await readFile(this.#nameFile(name), 'utf8').catch(() => null);
    if (text === null) return null;
    try {
      return keptName.parse(JSON.parse(text));
    } catch {
      return null;
    }
  }

  #fileOf(digest: string): string {
    return path.join(this.#folder, 'sha256', hexOf(digest));
  }

  #nameFile(name: string): string {
    const key = createHash('sha256').update(name).digest('hex').slice(0, 32);
    return path.join(this.#folder, 'names', `${key}.json`);
  }
}
