/** A Python model with two workers under load over a socket, ready ones killed again and again: one answer a request. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { referencePython } from '../conformance/reference-python.ts';
import { type ProbeModel, writeProbeModel } from '../python/probe-model.ts';
import { type PythonServer, servePython } from '../python/python-server.ts';
import { until } from '../workers/fixture-pool.ts';

/** Some in `npm test`; `npm run soak` asks for a minute. */
const seconds = Number(process.env['SLIPWAY_SOAK_SECONDS'] ?? 10);
const killEveryMs = Math.min(10_000, (seconds * 1000) / 4);
const lanes = 8;
const threads = 4;

/** What became of the requests. */
interface Tally {
  sent: number;
  answered: number;
  lost: number;
  readonly wrong: string[];
}

describe.skipIf(referencePython === null)('workers under load (needs the reference Python)', () => {
  let saved: ProbeModel;
  let server: PythonServer;

  beforeAll(async () => {
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    saved = await writeProbeModel();
    server = await servePython(saved.model, { workers: 2, threads });
  }, 60_000);
  afterAll(() => {
    saved.remove();
    vi.restoreAllMocks();
  });

  it(
    `each request of ${seconds} s gets exactly one answer`,
    { timeout: seconds * 2000 + 120_000 },
    async () => {
      const tally: Tally = { sent: 0, answered: 0, lost: 0, wrong: [] };
      const end = performance.now() + seconds * 1000;
      const load = Array.from({ length: lanes }, () => sendUntil(end, server, tally));
      let kills = 0;
      for (;;) {
        await sleep(killEveryMs);
        if (performance.now() >= end) break;
        process.kill(await readyWorker(server), 'SIGKILL');
        kills++;
      }
      await Promise.all(load);
      process.stdout.write(`python server: ${JSON.stringify(tally)}, ${kills} workers killed\n`);
      expect(tally.wrong).toEqual([]);
      expect(tally.answered + tally.lost).toBe(tally.sent);
      expect(kills).toBeGreaterThan(1);
      // Only what ran in a killed worker may be lost.
      expect(tally.lost).toBeLessThanOrEqual(kills * threads);
      expect(tally.answered).toBeGreaterThan(20 * seconds);
    },
  );

  it('with all workers down, requests wait for one', { timeout: 120_000 }, async () => {
    const both = async (): Promise<Set<number>> =>
      new Set(await Promise.all([0.3, 0.3, 0.3, 0.3].map((wait) => readyWorker(server, wait))));
    await vi.waitFor(async () => expect((await both()).size).toBe(2), 60_000);
    const pids = Array.from(await both());
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    // Until we have heard of their end, requests would go to them, and be lost.
    await until(() => pids.every((pid) => !existsSync(`/proc/${pid}`)), 'both are gone');
    const values = [1, 2, 3, 4, 5, 6];
    const answers = await Promise.all(values.map((value) => server.tell({ do: 'echo', value })));
    expect(answers).toEqual(values.map((value) => ({ status: 200, text: String(value) })));
  });

  it('leaves nothing', async () => {
    expect(await server.close()).toEqual([]);
  });
});

/** Pid of a worker that answers. */
async function readyWorker(server: PythonServer, wait = 0): Promise<number> {
  const { text } = await server.tell({ do: 'process', seconds: wait });
  return (JSON.parse(text) as { pid: number }).pid;
}

async function sendUntil(end: number, server: PythonServer, tally: Tally): Promise<void> {
  while (performance.now() < end) {
    const value = tally.sent++;
    const { status, text } = await server.tell({ do: 'echo', value, seconds: 0.005 });
    if (status === 200 && text === String(value)) tally.answered++;
    else if (status === 500 && text.includes('was ended by SIGKILL')) tally.lost++;
    else tally.wrong.push(`${status} ${text}`);
  }
}
