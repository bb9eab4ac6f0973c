/** Requests whose signal aborts while they run: callers are told at once, workers that hang are replaced. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FixturePools, message, patience, until } from '../../test/workers/fixture-pool.ts';
import type { WorkerPool } from './worker-pool-types.ts';

const pools = new FixturePools();

afterEach(async () => {
  expect(await pools.close()).toEqual([]);
});

/** Lets everything run that waits for no input, output or time. */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function pidsOf(pool: WorkerPool): readonly number[] {
  return pool.status().workers.map(({ pid }) => pid);
}

describe('an aborted request', () => {
  it('is answered at once; a worker that answers soon after is kept', async () => {
    const pool = pools.create();
    await pool.ready;
    const controller = new AbortController();
    const reason = new Error('over');
    const request = pool.request(message('patient', { ms: 60_000 }), controller.signal);
    await sleep(50);
    let failure: unknown;
    request.catch((error: unknown) => (failure = error));
    controller.abort(reason);
    await settle(); // before anything of the worker's can be read
    expect(failure).toBe(reason);
    await until(() => pool.status().workers[0]?.running === 0, 'the worker has answered');
    await sleep(250);
    expect(pool.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('leaves no room for another until the worker has answered', async () => {
    const pool = pools.create({ callsPerWorker: 1 });
    await pool.ready;
    await pool
      .request(message('slow', { ms: 100 }), AbortSignal.timeout(20))
      .catch(() => undefined);
    const next = pool.request(message('echo'), patience());
    expect(pool.status()).toMatchObject({ waiting: 1, workers: [{ running: 1 }] });
    await next;
    expect(pool.status().restarts).toBe(0);
  });

  it('replaces a worker that hangs; the next request is served, nothing is left', async () => {
    const pool = pools.create({ callsPerWorker: 2 });
    await pool.ready;
    const [hung] = pidsOf(pool);
    const request = pool.request(message('hang'), AbortSignal.timeout(100));
    await expect(request).rejects.toMatchObject({ name: 'TimeoutError' });
    await until(() => pool.status().restarts === 1, 'it is replaced');
    const answer = await pool.request(message('pid'), patience());
    expect(answer.header['pid']).not.toBe(hung);
    await until(() => !pools.processes().includes(hung ?? 0), 'the hung process is gone');
    expect(pool.status()).toMatchObject({ state: 'ready', restarts: 1, workers: [{ running: 0 }] });
  });

  it('may run on where its reason says so', async () => {
    const cancelGraceMs = (reason: unknown): number => (reason === 'left' ? 10_000 : 0);
    const pool = pools.create({ cancelGraceMs });
    await pool.ready;
    const controller = new AbortController();
    const request = pool.request(message('slow', { ms: 400 }), controller.signal);
    controller.abort('left');
    await expect(request).rejects.toBe('left');
    await until(() => pool.status().workers[0]?.running === 0, 'it has run to its end');
    expect(pool.status().restarts).toBe(0);
  });

  it('lets the other calls of a worker that hangs finish first', async () => {
    const pool = pools.create();
    await pool.ready;
    const [old] = pidsOf(pool);
    const other = pool.request(message('slow', { ms: 2000 }), patience());
    await pool.request(message('forget'), AbortSignal.timeout(50)).catch(() => undefined);
    await until(() => pool.status().restarts === 1, 'it is replaced');
    const draining = pool.status().workers.find(({ pid }) => pid === old);
    expect(draining).toMatchObject({ state: 'draining', running: 2 });
    const answer = await pool.request(message('pid'), patience());
    expect(answer.header['pid']).not.toBe(old);
    expect((await other).header.type).toBe('result');
    await until(() => !pidsOf(pool).includes(old ?? 0), 'the old one is gone');
  });

  it('ends a worker that hangs once the last of its calls is aborted', async () => {
    const pool = pools.create();
    await pool.ready;
    const [old] = pidsOf(pool);
    const requests = [50, 600].map((ms) =>
      pool.request(message('forget'), AbortSignal.timeout(ms)).catch(() => undefined),
    );
    await Promise.all(requests);
    await until(() => !pidsOf(pool).includes(old ?? 0), 'the old one is gone');
    expect(pool.status()).toMatchObject({ restarts: 1, workers: [{ state: 'ready' }] });
  });

  it('kills what does not listen', { timeout: 30_000 }, async () => {
    const pool = pools.create({ mode: 'deaf' });
    await pool.ready;
    const [deaf] = pidsOf(pool);
    await pool.request(message('forget'), AbortSignal.timeout(20)).catch(() => undefined);
    await until(() => pool.status().restarts === 1, 'it is replaced');
    expect(pidsOf(pool)).toContain(deaf);
    await until(() => !pidsOf(pool).includes(deaf ?? 0), 'it is killed');
  });

  it('5,000 times: nothing grows', { timeout: 60_000 }, async () => {
    const pool = pools.create({ workers: 2, callsPerWorker: 8, cancelGraceMs: () => 5000 });
    await pool.ready;
    const heapBefore = await usedHeap();
    for (let round = 0; round < 50; round++) {
      const controller = new AbortController();
      const requests = Array.from({ length: 100 }, () =>
        pool.request(message('slow', { ms: 5 }), controller.signal),
      );
      const outcomes = Promise.allSettled(requests);
      await sleep(2);
      controller.abort(new Error('gone'));
      await outcomes;
    }
    expect(pool.status().waiting).toBe(0);
    await until(
      () => pool.status().workers.every(({ running }) => running === 0),
      'all is answered',
    );
    expect(pool.status()).toMatchObject({ restarts: 0 });
    expect((await usedHeap()) - heapBefore).toBeLessThan(8 * 2 ** 20);
  });
});

/** Used heap once young objects have died; vitest runs without `gc`. */
async function usedHeap(): Promise<number> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await sleep(50);
  collect();
  return process.memoryUsage().heapUsed;
}
