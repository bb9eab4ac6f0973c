/** Workers that end, never start, or talk nonsense: who is told what, and what takes their place. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FixturePools, message, patience, until } from '../../test/workers/fixture-pool.ts';
import { WorkerRequestError } from './worker-pool-types.ts';

const pools = new FixturePools();

afterEach(async () => {
  expect(await pools.close()).toEqual([]);
});

describe('a lost worker', () => {
  const endings: readonly [string, string, Record<string, unknown>, RegExp, object][] = [
    ['exits', 'crash', { code: 7 }, /ended with exit code 7/, { exitCode: 7, signal: null }],
    ['exits with 0', 'crash', { code: 0 }, /exit code 0/, { exitCode: 0, signal: null }],
    ['crashes', 'segfault', {}, /SIGSEGV/, { exitCode: null, signal: 'SIGSEGV' }],
  ];
  it.each(endings)(
    '%s: its request fails, the next is answered',
    async (_, type, fields, text, details) => {
      const pool = pools.create();
      const lost = pool.request(message(type, fields), patience());
      await expect(lost).rejects.toMatchObject({
        code: 'WORKER_LOST',
        message: expect.stringMatching(text) as string,
        details,
      });
      await pool.request(message('echo'), patience());
      expect(pool.status()).toMatchObject({ state: 'ready', restarts: 1 });
    },
  );

  it('fails only its own requests', async () => {
    const pool = pools.create({ workers: 2 });
    await until(
      () => pool.status().workers.every(({ state }) => state === 'ready'),
      'all are ready',
    );
    const lost = pool.request(message('forget'), patience());
    const kept = pool.request(message('slow', { ms: 150 }), patience());
    process.kill(pool.status().workers[0]?.pid ?? 0, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({ details: { signal: 'SIGKILL' } });
    expect((await kept).header.type).toBe('result');
  });

  it('has its last answers read', async () => {
    const pool = pools.create();
    const bytes = Buffer.alloc(4 * 2 ** 20, 1);
    for (let round = 1; round <= 3; round++) {
      const answer = await pool.request(
        { header: { type: 'answerThenExit' }, buffers: [bytes] },
        patience(),
      );
      expect(answer.buffers[0]?.length).toBe(bytes.length);
      await until(() => pool.status().restarts === round, 'the next one is started');
    }
  });

  it('is waited for by new requests, within their signal', async () => {
    const pool = pools.create({ mode: 'slow', start: { ms: 300 } });
    await pool.ready;
    process.kill(pool.status().workers[0]?.pid ?? 0, 'SIGKILL');
    await until(() => pool.status().state === 'recovering', 'the loss is noticed');
    const short = pool.request(message('echo'), AbortSignal.timeout(50));
    const long = pool.request(message('echo'), AbortSignal.timeout(10_000));
    await expect(short).rejects.toMatchObject({ name: 'TimeoutError' });
    expect((await long).header.type).toBe('result');
  });

  it('is replaced later and later', async () => {
    const pool = pools.create();
    const startedAt = performance.now();
    for (let round = 0; round < 4; round++) {
      await pool.request(message('crash', { code: 1 }), patience()).catch(() => undefined);
    }
    await pool.request(message('echo'), patience());
    // At once, then after 100, 200 and 400 ms.
    expect(performance.now() - startedAt).toBeGreaterThan(690);
    expect(pool.status().restarts).toBe(4);
  });

  it.each(['garbage', 'closeConnection'])('that ends the conversation: %s', async (type) => {
    const pool = pools.create();
    const [first] = await Promise.allSettled([pool.request(message(type), patience())]);
    expect(first).toMatchObject({
      reason: { code: type === 'garbage' ? 'WORKER_PROTOCOL' : 'WORKER_LOST' },
    });
    await pool.request(message('echo'), patience());
    expect(pool.status().restarts).toBe(1);
  });
});

describe('a pool that cannot start', () => {
  it('fails at once with the message of its workers', async () => {
    const pool = pools.create({ mode: 'fatal', workers: 2 });
    const [waiting, ready] = await Promise.allSettled([
      pool.request(message('echo'), patience()),
      pool.ready,
    ]);
    const failure = (ready as PromiseRejectedResult).reason as unknown;
    expect(failure).toMatchObject({
      code: 'WORKERS_FAILED',
      message: expect.stringMatching(/the thing is broken$/) as string,
      details: { fatal: { type: 'fatal', error: 'the thing is broken' }, exitCode: 1 },
    });
    expect((failure as Error).cause).toBeInstanceOf(WorkerRequestError);
    expect(waiting).toMatchObject({ status: 'rejected', reason: failure });
    await expect(pool.request(message('echo'), patience())).rejects.toBe(failure);
    expect(pool.status().state).toBe('failed');
    await until(() => pools.processes().length === 0, 'everything has ended');
    await pool.close();
    expect(pool.status()).toMatchObject({ state: 'closed', workers: [] });
  });

  const reasons: readonly [string, RegExp][] = [
    ['exit', /exit code 3 before it was ready. no such module: thing/],
    ['silent-exit', /exit code 0 before it was ready. It printed nothing/],
    ['garbage', /sent a header of/],
    ['old-protocol', /sent protocol 0 instead of 1/],
  ];
  it.each(reasons)('says why: %s', async (mode, reason) => {
    const pool = pools.create({ mode });
    await expect(pool.ready).rejects.toMatchObject({
      code: 'WORKERS_FAILED',
      message: expect.stringMatching(reason) as string,
    });
  });

  it('says why: no such program, no such folder', async () => {
    const command = {
      args: [],
      environment: { PATH: process.env['PATH'] ?? '' },
      start: message('start'),
    };
    const noProgram = pools.create({ command: { ...command, file: '/no/such/program' } });
    await expect(noProgram.ready).rejects.toThrow(/no\/such\/program.*No such file/s);
    const noFolder = pools.create({
      command: { ...command, file: process.execPath, directory: '/no/such/folder' },
    });
    await expect(noFolder.ready).rejects.toThrow(/could not be started \(spawn .* ENOENT\)/);
  });

  it('tries again where a worker was killed, three times', async () => {
    const pool = pools.create({ mode: 'slow', start: { ms: 60_000 } });
    pool.ready.catch(() => undefined);
    for (let round = 0; round < 3; round++) {
      await until(() => pool.status().workers[0]?.phase === 'importing', 'one has started');
      const pid = pool.status().workers[0]?.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await until(() => pool.status().workers[0]?.pid !== pid, 'it is gone');
    }
    await expect(pool.ready).rejects.toThrow(/3 times in a row.*was ended by SIGKILL/);
    expect(pool.status().restarts).toBe(2);
  });

  it('does not give up while another worker is ready', async () => {
    const pool = pools.create({
      workers: 2,
      maxStartFailures: 1,
      mode: 'slow',
      start: { ms: 100 },
    });
    await until(
      () => pool.status().workers.every(({ state }) => state === 'ready'),
      'all are ready',
    );
    process.kill(pool.status().workers[0]?.pid ?? 0, 'SIGKILL');
    await until(() => pool.status().restarts === 1, 'it is replaced');
    const starting = pool.status().workers.find(({ state }) => state === 'starting');
    process.kill(starting?.pid ?? 0, 'SIGKILL');
    await sleep(100);
    expect(pool.status().state).toBe('ready');
    await pool.request(message('echo'), patience());
  });
});
