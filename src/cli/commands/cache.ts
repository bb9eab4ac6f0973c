/** `slipway cache`: what fetched models take, and how they are removed. */
import { type Command, Option } from 'commander';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { CacheEntry, ModelCache } from '../../uri/cache/model-cache.ts';
import { takesInteger } from '../parse-value.ts';

interface ListValues {
  readonly json?: true;
}

interface PruneValues {
  readonly olderThan: number;
}

const dayMs = 86_400_000;
const shownKeyLength = 12;

/** Adds the command, with its own commands, to `parent`; `prepare` sets up each of them. */
export function addCache(parent: Command, prepare: (command: Command) => Command): Command {
  const cache = parent.command('cache').description('Show or remove models that were fetched.');
  prepare(
    cache
      .command('ls')
      .description('List the models in the cache, the last used first.')
      .option('--json', 'Print JSON.')
      .action(listEntries),
  );
  prepare(
    cache
      .command('rm')
      .description('Remove models from the cache.')
      .argument('<entries...>', 'Keys as ls shows them, or URIs by which they were fetched.')
      .action(removeEntries),
  );
  prepare(
    cache
      .command('prune')
      .description(
        'Remove models that have not been used for a while, and what failed fetches left.',
      )
      .addOption(
        takesInteger(
          new Option('--older-than <DAYS>', 'Days without use; 0 removes every model.'),
          0,
        ).default(30),
      )
      .action(prune),
  );
  return cache;
}

async function openCache(): Promise<ModelCache> {
  const { cacheFolder } = await import('../../uri/cache/cache-folder.ts');
  const cache = await import('../../uri/cache/model-cache.ts');
  return new cache.ModelCache(cacheFolder(process.env));
}

async function listEntries({ json }: ListValues): Promise<void> {
  const entries = await (await openCache()).list();
  const text = json === true ? `${JSON.stringify(entries, null, 2)}\n` : tableOf(entries);
  process.stdout.write(text);
}

function tableOf(entries: readonly CacheEntry[]): string {
  const rows = entries.map(({ key, sizeBytes, usedAt, uri, uris }) =>
    [
      key.slice(0, shownKeyLength),
      megabytes(sizeBytes).padStart(12),
      usedAt.toISOString().slice(0, 10),
      (uris.length === 0 ? [uri] : uris).join(' '),
    ].join('  '),
  );
  return rows.map((row) => `${row}\n`).join('');
}

async function removeEntries(names: readonly string[]): Promise<void> {
  const cache = await openCache();
  const entries = await cache.list();
  const chosen = names.map((name) => {
    const found = entries.filter(
      ({ key, uri, uris }) => uri === name || uris.includes(name) || isPrefix(name, key),
    );
    if (found.length > 0) return found;
    throw slipwayError('MODEL_NOT_CACHED', `${name} is not in the cache ${cache.folder}`, {
      details: { name, cache: cache.folder },
    });
  });
  await removeAll(cache, chosen.flat());
}

/** Short ones could be meant for anything. */
function isPrefix(name: string, key: string): boolean {
  return name.length >= 6 && key.startsWith(name);
}

async function prune({ olderThan }: PruneValues): Promise<void> {
  const cache = await openCache();
  const before = Date.now() - olderThan * dayMs;
  const old = (await cache.list()).filter(({ usedAt }) => usedAt.getTime() <= before);
  await removeAll(cache, old);
  await cache.sweep();
}

async function removeAll(cache: ModelCache, entries: readonly CacheEntry[]): Promise<void> {
  const unique = new Map(entries.map((entry) => [entry.key, entry]));
  for (const key of unique.keys()) await cache.remove(key);
  const freed = [...unique.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  process.stderr.write(`slipway: removed ${unique.size} models, ${megabytes(freed)}\n`);
}

function megabytes(byteCount: number): string {
  return `${(byteCount / 1e6).toFixed(1)} MB`;
}
