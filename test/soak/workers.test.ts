/** Two workers under load, ready ones killed again and again: each request gets exactly one answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import type { WorkerPool } from '../../src/workers/worker-pool-types.ts';
import { FixturePools, message, patience, until } from '../workers/fixture-pool.ts';

/** A few in `npm test`; `npm run soak` asks for a minute. */
const seconds = Number(process.env['SLIPWAY_SOAK_SECONDS'] ?? 4);
const killEveryMs = Math.min(10_000, (seconds * 1000) / 4);
const lanes = 16;

const pools = new FixturePools();

afterEach(async () => {
  expect(await pools.close()).toEqual([]);
});

/** Answers by request. */
interface Tally {
  sent: number;
  answered: number;
  lost: number;
  aborted: number;
  readonly wrong: unknown[];
}

it(
  `each request of ${seconds} s gets exactly one answer`,
  { timeout: seconds * 2000 + 30_000 },
  async () => {
    const pool = pools.create({ workers: 2, callsPerWorker: 8, cancelGraceMs: () => 5000 });
    await until(() => isIdle(pool), 'all are ready');
    const tally: Tally = { sent: 0, answered: 0, lost: 0, aborted: 0, wrong: [] };
    const end = performance.now() + seconds * 1000;
    const load = Array.from({ length: lanes }, () => sendUntil(end, pool, tally));
    const kills = await killUntil(end, pool);
    await Promise.all(load);
    expect(tally.wrong).toEqual([]);
    expect(tally.answered + tally.lost + tally.aborted).toBe(tally.sent);
    expect(kills).toBeGreaterThan(1);
    // Only what ran in the killed worker may be lost.
    expect(tally.lost).toBeLessThanOrEqual(kills * 8);
    expect(tally.answered).toBeGreaterThan(100 * seconds);
    await until(() => isIdle(pool), 'all are ready');
    expect(pool.status()).toMatchObject({ waiting: 0, restarts: kills });
  },
);

function isIdle(pool: WorkerPool): boolean {
  const { workers } = pool.status();
  const idle = workers.filter(({ state, running }) => state === 'ready' && running === 0);
  return workers.length === 2 && idle.length === 2;
}

async function sendUntil(end: number, pool: WorkerPool, tally: Tally): Promise<void> {
  while (performance.now() < end) {
    const value = tally.sent++;
    // Some leave before they are answered.
    const leaves = value % 50 === 7;
    const signal = leaves ? AbortSignal.timeout(5) : patience();
    const request = leaves ? message('slow', { ms: 20, value }) : message('echo', { value });
    try {
      const { header } = await pool.request(request, signal);
      if (header['value'] !== value) tally.wrong.push(header);
      tally.answered++;
    } catch (error) {
      if (isSlipwayError(error, 'WORKER_LOST')) tally.lost++;
      else if (signal.aborted && error === signal.reason) tally.aborted++;
      else tally.wrong.push(error);
    }
  }
}

async function killUntil(end: number, pool: WorkerPool): Promise<number> {
  let kills = 0;
  for (;;) {
    await sleep(killEveryMs);
    if (performance.now() >= end) return kills;
    const ready = pool.status().workers.filter(({ state }) => state === 'ready');
    const victim = ready[kills % ready.length];
    if (victim === undefined) continue;
    process.kill(victim.pid, 'SIGKILL');
    kills++;
  }
}
