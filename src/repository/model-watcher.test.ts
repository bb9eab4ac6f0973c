import { afterEach, expect, it } from 'vitest';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ModelUnit } from './model-change.ts';
import { ModelWatcher, type ModelWatcherOptions } from './model-watcher.ts';

const unit: ModelUnit = { id: 'a', uri: 'models:/a@live', name: 'a', version: null };
let watcher: ModelWatcher;

afterEach(async () => {
  await watcher.stop();
});

interface World {
  units: readonly ModelUnit[];
  version: string;
  looks: number;
  readonly changes: string[];
  readonly lines: string[];
}

function watch(
  { settles = true, ...options }: Partial<ModelWatcherOptions> & { settles?: boolean } = {},
  world: World = { units: [unit], version: 'one', looks: 0, changes: [], lines: [] },
): World {
  watcher = new ModelWatcher({
    intervalMs: 1,
    scan: async () => {
      world.looks++;
      return world.units;
    },
    sourceOf: () => ({
      settles,
      currentVersion: async () => {
        if (world.version === 'unknown') throw slipwayError('MODEL_FETCH_FAILED', 'no answer');
        return world.version;
      },
    }),
    shouldLoad: () => true,
    change: async ({ load, unload }) => {
      world.changes.push(`load ${load.length} at ${world.version}, unload ${unload.join()}`);
    },
    report: (line, error) =>
      world.lines.push(error instanceof Error ? `${line}: ${error.message}` : line),
    ...options,
  });
  return world;
}

async function looks(world: World, more: number): Promise<void> {
  const wanted = world.looks + more;
  await expect
    .poll(() => world.looks, { interval: 1, timeout: 20_000 })
    .toBeGreaterThanOrEqual(wanted);
}

it('loads what has changed, once it has been the same for two looks', async () => {
  const world = watch();
  await watcher.note([unit]);
  watcher.start();
  await looks(world, 5);
  expect(world.changes).toEqual([]);
  world.version = 'two';
  await looks(world, 5);
  expect(world.changes).toEqual(['load 1 at two, unload ']);
  expect(world.lines).toEqual(['models:/a@live has changed, and is loaded anew']);
});

it('waits while a folder goes on changing; a registry need not settle', async () => {
  const counting = watch({ sourceOf: () => sourceThatCounts(true) });
  await watcher.note([unit]);
  watcher.start();
  await looks(counting, 10);
  expect(counting.changes).toEqual([]);
  await watcher.stop();
  const asking = watch({ sourceOf: () => sourceThatCounts(false) });
  await watcher.note([unit]);
  watcher.start();
  await expect.poll(() => asking.changes.length, { timeout: 20_000 }).toBeGreaterThan(1);
});

function sourceThatCounts(settles: boolean): ReturnType<ModelWatcherOptions['sourceOf']> {
  let version = 0;
  return { settles, currentVersion: async () => String(version++) };
}

it('reports a failure once, tries a version once, and goes on', async () => {
  const world = watch({
    change: async () => {
      world.changes.push('tried');
      throw slipwayError('MODEL_FILE_INVALID', 'damaged');
    },
  });
  await watcher.note([unit]);
  watcher.start();
  world.version = 'unknown';
  await looks(world, 5);
  world.version = 'two';
  await looks(world, 8);
  expect(world.lines).toEqual([
    'models:/a@live cannot be watched: no answer',
    'models:/a@live has changed, but cannot be loaded: damaged',
  ]);
  expect(world.changes).toEqual(['tried']);
});

it('loads what appears, and unloads what is gone for two looks', async () => {
  const world = watch();
  watcher.start();
  await expect.poll(() => world.changes, { timeout: 20_000 }).toEqual(['load 1 at one, unload ']);
  world.units = [];
  await expect.poll(() => world.changes.length, { timeout: 20_000 }).toBe(2);
  await looks(world, 3);
  expect(world.changes[1]).toBe('load 0 at one, unload a');
  expect(world.lines).toEqual([
    'models:/a@live is new, and loaded',
    'models:/a@live is gone, and unloaded',
  ]);
});
