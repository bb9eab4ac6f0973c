/** Verifies a model once, and remembers that its native answers were those of Python. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { slipwayVersion } from '../server/slipway-version.ts';
import { fetchingOptions } from './fetching-options.ts';
import { resolveModelUri } from '../uri/resolve-model-uri.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { type Verification, verifyModel, type VerifyOptions } from './verify-model.ts';

/** A verification, made now or remembered. */
export interface RememberedVerification {
  readonly verification: Verification;
  /** When it was made, if it was not made now: ISO time. */
  readonly rememberedSince: string | null;
  /** Where it is remembered; null where it found a difference or compared nothing: then it is made again each time. */
  readonly file: string | null;
}

/** What a file of the cache holds. */
interface Memory {
  readonly verifiedAt: string;
  readonly slipwayVersion: string;
  readonly verification: Verification;
}

/**
 * As {@link verifyModel}, but not again while neither a file of the model nor Slipway has changed.
 *
 * @param cacheFolder default: `${XDG_CACHE_HOME:-~/.cache}/slipway/verified`
 * @throws the codes of {@link verifyModel}
 */
export async function verifyOnce(
  uri: string,
  options: ResolvedBackendOptions,
  verifyOptions: VerifyOptions = {},
  cacheFolder: string = defaultCacheFolder(),
): Promise<RememberedVerification> {
  const key = await contentKey(await resolveModelUri(uri, fetchingOptions(options)));
  const file = path.join(cacheFolder, `${key}.json`);
  const memory = await recall(file);
  if (memory !== null) {
    return { verification: memory.verification, rememberedSince: memory.verifiedAt, file };
  }
  const verification = await verifyModel(uri, options, verifyOptions);
  if (verification.differing > 0 || verification.values === 0) {
    return { verification, rememberedSince: null, file: null };
  }
  await remember(file, { verifiedAt: new Date().toISOString(), slipwayVersion, verification });
  return { verification, rememberedSince: null, file };
}

function defaultCacheFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  // The standard says that a relative path counts as none.
  const base = path.isAbsolute(cache) ? cache : path.join(homedir(), '.cache');
  return path.join(base, 'slipway', 'verified');
}

/** SHA-256 of the names, sizes and bytes of all files, and of what else decides the native answers. */
async function contentKey(directory: string): Promise<string> {
  const hash = createHash('sha256').update(`${slipwayVersion}\0${process.arch}\0`);
  const names = await readdir(directory, { recursive: true });
  for (const name of names.toSorted()) {
    const file = path.join(directory, name);
    const found = await stat(file).catch(() => null);
    if (found === null || !found.isFile()) continue;
    hash.update(`${name}\0${found.size}\0`);
    await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) hash.update(chunk);
    });
  }
  return hash.digest('hex');
}

/** null where nothing usable is remembered: then the model is verified anew. */
async function recall(file: string): Promise<Memory | null> {
  try {
    const memory = JSON.parse(await readFile(file, 'utf8')) as Partial<Memory> | null;
    const isWhole = typeof memory?.verifiedAt === 'string' && memory.verification?.differing === 0;
    return isWhole ? (memory as Memory) : null;
  } catch {
    return null;
  }
}

/** Written aside and renamed, so that no reader sees half of it. */
async function remember(file: string, memory: Memory): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify(memory, null, 2)}\n`);
  await rename(aside, file);
}
