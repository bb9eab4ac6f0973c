import { expect, it, describe } from 'vitest';
import { slipwayError } from '../errors/slipway-error.ts';
import { createScoringService } from '../scoring/scoring-service.ts';
import { LiveRepository, type LiveRepositoryOptions } from './live-repository.ts';
import type { ModelUnit } from './model-change.ts';
import type { ServedModelParts } from './model-repository.ts';
import type { OpenUnitHooks } from './open-units.ts';

/** A load that the test ends. */
interface PendingLoad {
  readonly unit: ModelUnit;
  readonly hooks: OpenUnitHooks;
  readonly resolve: (parts: ServedModelParts) => void;
  readonly reject: (error: unknown) => void;
}

function unitOf(name: string, version: string | null = null): ModelUnit {
  return { id: version === null ? name : `${name}/${version}`, uri: name, name, version };
}

/** A model that answers with its uri, once `release` is called; `log` hears of its closing. */
function partsOf(
  { name, version, uri }: ModelUnit,
  log: string[] = [],
): ServedModelParts & { release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const scorer = {
    predict: async () => {
      await released;
      return uri;
    },
    close: async () => void log.push(`closed ${uri}`),
  };
  const options = {
    compat: 'slipway',
    lenientTypes: false,
    nonFinite: 'tokens',
    timeoutMs: 60_000,
  } as const;
  const service = createScoringService({ scorer, signature: null }, options);
  return {
    name: name ?? 'own',
    version: version ?? '1',
    service,
    signature: null,
    release: () => release(),
  };
}

function repositoryWith(
  units: readonly ModelUnit[],
  options: Partial<LiveRepositoryOptions> = {},
): { repository: LiveRepository; loads: PendingLoad[] } {
  const loads: PendingLoad[] = [];
  const repository = new LiveRepository({
    scan: async () => units,
    open: (unit, hooks) =>
      new Promise((resolve, reject) => {
        hooks.signal.addEventListener('abort', () => reject(hooks.signal.reason as Error));
        loads.push({ unit, hooks, resolve, reject });
      }),
    ...options,
  });
  return { repository, loads };
}

/** Lets promises that are settled run on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function ask(repository: LiveRepository, name: string): Promise<string> {
  const { service } = repository.find(name, null);
  return service.score({
    body: Buffer.from('{"inputs": [1]}'),
    contentType: 'application/json',
    startedAtMs: performance.now(),
  });
}

describe('a model that is loading', () => {
  it('says how far it is, under any name until it has one', async () => {
    const unit = { id: 'model', uri: 'm', name: null, version: null };
    const { repository, loads } = repositoryWith([unit]);
    expect(repository.whyNotReady()).toBe('starting');
    const starting = repository.start([unit]);
    await turn();
    loads[0]!.hooks.onPhase('fetching');
    expect(repository.whyNotReady()).toBe('fetching');
    loads[0]!.hooks.onPhase('warming up');
    const refused = {
      code: 'SERVED_MODEL_NOT_READY',
      message: 'Model x is not ready: warming up.',
    };
    expect(() => repository.find('x', null)).toThrow(expect.objectContaining(refused));
    expect(() => repository.preferred()).toThrow('The model is not ready: warming up.');
    expect(await repository.index()).toEqual([
      { name: '', version: null, state: 'LOADING', reason: 'warming up' },
    ]);
    loads[0]!.resolve(partsOf(unit));
    expect(await starting).toEqual(new Map());
    expect([repository.isReady(), repository.preferred().name]).toEqual([true, 'own']);
    expect(() => repository.find('x', null)).toThrow('Model x not found');
  });

  it('is given up when the server is told to stop', async () => {
    const { repository, loads } = repositoryWith([unitOf('a')]);
    const starting = repository.start([unitOf('a')]);
    await turn();
    repository.beginStop();
    expect([...(await starting).keys()]).toEqual(['a']);
    expect([repository.whyNotReady(), loads.length]).toEqual(['stopping', 1]);
    await expect(repository.load('a')).rejects.toThrow('The server is stopping.');
    await repository.close();
  });
});

describe('one of several', () => {
  it('that fails leaves the others alone, and the server not ready unless told otherwise', async () => {
    for (const strictReadiness of [true, false]) {
      const units = [unitOf('a'), unitOf('b')];
      const { repository, loads } = repositoryWith(units, { strictReadiness });
      const starting = repository.start(units);
      await turn();
      loads[0]!.resolve(partsOf(units[0]!));
      loads[1]!.reject(slipwayError('MODEL_FILE_INVALID', 'damaged'));
      expect([...(await starting).keys()]).toEqual(['b']);
      expect(repository.whyNotReady()).toBe(strictReadiness ? 'b: damaged' : null);
      expect(await repository.index()).toMatchObject([
        { name: 'a', state: 'READY' },
        { name: 'b', state: 'UNAVAILABLE', reason: 'damaged' },
      ]);
      expect(() => repository.preferred()).toThrow(
        expect.objectContaining({ code: 'NO_DEFAULT_MODEL' }),
      );
    }
  });

  it('is found by version; the highest number is preferred', async () => {
    const units = [unitOf('a', '9'), unitOf('a', '10'), unitOf('a', '2')];
    const { repository } = repositoryWith(units, { open: async (unit) => partsOf(unit) });
    await repository.start(units);
    expect(repository.versions('a')).toEqual(['10', '9', '2']);
    expect([repository.preferred().version, repository.find('a', '2').version]).toEqual([
      '10',
      '2',
    ]);
    expect(() => repository.find('a', '3')).toThrow('Model a with version 3 not found');
  });
});

describe('a change', () => {
  it('swaps at once; the one before answers what it has in hand, then closes', async () => {
    const log: string[] = [];
    const opened: ReturnType<typeof partsOf>[] = [];
    const versions = ['old', 'new'];
    const { repository } = repositoryWith([unitOf('a')], {
      open: async () => {
        const parts = partsOf({ ...unitOf('a'), uri: versions.shift()! }, log);
        opened.push(parts);
        return parts;
      },
    });
    await repository.start([unitOf('a')]);
    const before = ask(repository, 'a');
    await repository.load('a');
    const after = ask(repository, 'a');
    await turn();
    expect(log).toEqual([]);
    for (const { release } of opened) release();
    expect([await before, await after]).toEqual([
      '{"predictions": "old"}',
      '{"predictions": "new"}',
    ]);
    await turn();
    expect(log).toEqual(['closed old']);
    await repository.close();
    expect(log).toEqual(['closed old', 'closed new']);
  });

  it('waits for what an unloaded model has in hand', async () => {
    const log: string[] = [];
    const parts = partsOf(unitOf('a'), log);
    const { repository } = repositoryWith([unitOf('a')], { open: async () => parts });
    await repository.start([unitOf('a')]);
    const answer = ask(repository, 'a');
    const unloading = repository.unload('a');
    await turn();
    expect(await repository.index()).toMatchObject([{ state: 'UNLOADING', reason: 'unloaded' }]);
    expect(() => repository.find('a', null)).toThrow('Model a is not ready: unloaded.');
    parts.release();
    expect([await answer, await unloading]).toEqual(['{"predictions": "a"}', undefined]);
    expect(log).toEqual(['closed a']);
    expect(await repository.index()).toMatchObject([{ state: 'UNAVAILABLE' }]);
    // Nothing is wanted, so nothing is missing.
    expect(repository.isReady()).toBe(true);
  });

  it('in two phases is seen only once it is committed', async () => {
    const log: string[] = [];
    const { repository } = repositoryWith([], { open: async (unit) => partsOf(unit, log) });
    const change = structuredClone({ load: [unitOf('a'), unitOf('b')], unload: [] });
    const discarded = await repository.prepare(change);
    expect(() => repository.find('a', null)).toThrow('Model a is not ready: starting.');
    await repository.discard(discarded);
    expect(log).toEqual(['closed a', 'closed b']);
    repository.refuse(change, 'another process could not');
    expect(() => repository.find('a', null)).toThrow('another process could not');
    await repository.commit(await repository.prepare(change));
    expect(repository.find('b', null).name).toBe('b');
    await expect(repository.commit(discarded)).rejects.toThrow('there is no');
    await repository.close();
  });

  it('is all or nothing', async () => {
    const log: string[] = [];
    const { repository } = repositoryWith([unitOf('a', '1'), unitOf('a', '2')], {
      open: async (unit) => {
        if (unit.version === '2') throw slipwayError('MODEL_FILE_INVALID', 'damaged');
        return partsOf(unit, log);
      },
    });
    await expect(repository.load('a')).rejects.toThrow('damaged');
    expect(log).toEqual(['closed a']);
    expect(() => repository.find('a', null)).toThrow('damaged');
    await expect(repository.load('z')).rejects.toThrow('Model z not found');
    await expect(repository.unload('z')).rejects.toThrow('Model z not found');
  });

  it('waits for one of the same model, and for no other', async () => {
    const units = [unitOf('a'), unitOf('b')];
    const { repository, loads } = repositoryWith(units);
    const first = repository.load('a');
    const second = repository.load('a');
    const other = repository.load('b');
    await turn();
    expect(loads.map(({ unit }) => unit.id)).toEqual(['a', 'b']);
    loads[0]!.reject(slipwayError('MODEL_FILE_INVALID', 'damaged'));
    loads[1]!.resolve(partsOf(units[1]!));
    await expect(first).rejects.toThrow('damaged');
    await other;
    await turn();
    loads[2]!.resolve(partsOf(units[0]!));
    await second;
    expect(repository.find('a', null).name).toBe('a');
  });
});
