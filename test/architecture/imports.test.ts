/** Imports run one way: the order of the rooms in docs/architecture/00-overview.md. */
import { describe, expect, it } from 'vitest';
import { importsOf, readSources, type SourceFile } from './source-files.ts';

/** Rooms from the lowest to the highest; rooms of one level don't import each other. */
const levels: readonly (readonly string[])[] = [
  ['errors', 'kernels'],
  ['data'],
  ['model'],
  ['contract'],
  ['trees', 'uri', 'workers', 'pickled'],
  ['schema'],
  ['payload'],
  ['env'],
  ['image'],
  ['flavors'],
  ['runtimes'],
  ['scoring'],
  ['observe'],
  ['repository'],
  ['server'],
  ['backend'],
  ['deploy'],
  ['cli'],
];

/** Files at the top of src are the package's entries and may import any room but the CLI. */
const entryLevel = levels.length - 1;

function roomOf(path: string): string | null {
  const parts = path.split('/');
  return parts.length > 2 ? (parts[1] ?? null) : null;
}

function levelOf(path: string): number {
  const room = roomOf(path);
  if (room === null) return entryLevel;
  return levels.findIndex((rooms) => rooms.includes(room));
}

function mayImport(from: string, to: string): boolean {
  if (roomOf(from) === roomOf(to)) return mayImportWithinFlavors(from, to);
  return levelOf(to) < levelOf(from);
}

/** A flavor never imports another; only the registry names concrete flavors. */
function mayImportWithinFlavors(from: string, to: string): boolean {
  if (roomOf(from) !== 'flavors' || from === 'src/flavors/registry.ts') return true;
  const flavorOf = (path: string): string | undefined => path.split('/')[2];
  return flavorOf(from) === flavorOf(to) || to.split('/').length === 3;
}

const sources: readonly SourceFile[] = readSources('src').filter(
  (file) => !file.path.endsWith('.test.ts'),
);

describe('rooms', () => {
  it('are all known', () => {
    const unknown = sources.filter((file) => levelOf(file.path) < 0).map((file) => file.path);
    expect(unknown).toEqual([]);
  });

  it('import only what stands below them', () => {
    const offences = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('src/') && !mayImport(file.path, target))
        .map((target) => `${file.path} → ${target}`),
    );
    expect(offences).toEqual([]);
  });

  it('that compute do no input or output', () => {
    const pure = new Set(['data', 'trees', 'payload', 'schema', 'errors']);
    const allowed = new Set([
      'node:buffer',
      'node:os',
      'node:timers/promises',
      'node:worker_threads',
    ]);
    const offences = sources
      .filter((file) => pure.has(roomOf(file.path) ?? ''))
      .flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith('node:') && !allowed.has(target))
          .map((target) => `${file.path} → ${target}`),
      );
    expect(offences).toEqual([]);
  });

  it('other than server, uri and the registry client of image know no HTTP', () => {
    const offences = sources
      .filter((file) => !['server', 'uri'].includes(roomOf(file.path) ?? ''))
      .filter((file) => !file.path.startsWith('src/image/registry/'))
      .filter((file) => importsOf(file).some((target) => /^(fastify|node:http)/.test(target)))
      .map((file) => file.path);
    expect(offences).toEqual([]);
  });
});
