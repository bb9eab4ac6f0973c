/** A pool of real processes that behave: answers, order, who gets what. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FixturePools, message, patience, until } from '../../test/workers/fixture-pool.ts';
import { WorkerRequestError } from './worker-pool-types.ts';

const pools = new FixturePools();

afterEach(async () => {
  expect(await pools.close()).toEqual([]);
});

describe('a pool', () => {
  it('starts, answers and ends', async () => {
    const phases: string[] = [];
    const pool = pools.create({ onPhase: (phase) => void phases.push(phase) });
    expect(pool.status().state).toBe('starting');
    const ready = await pool.ready;
    expect(ready.header).toMatchObject({ type: 'ready', mode: 'ready' });
    expect(phases).toEqual(['started', 'importing', 'loading']);
    const bytes = Buffer.from('abc');
    const answer = await pool.request(
      {
        header: { type: 'echo', value: { deep: [1, null, 'ü'] } },
        buffers: [bytes, Buffer.alloc(0)],
      },
      patience(),
    );
    expect(answer.header).toMatchObject({ type: 'result', value: { deep: [1, null, 'ü'] } });
    expect(answer.buffers).toEqual([bytes, Buffer.alloc(0)]);
    await pool.close();
    expect(pool.status()).toEqual({ state: 'closed', workers: [], waiting: 0, restarts: 0 });
    await expect(pool.request(message('echo'), patience())).rejects.toMatchObject({
      code: 'WORKERS_FAILED',
      message: expect.stringContaining('closed') as string,
    });
  });

  it('passes 32 MiB there and back', async () => {
    const pool = pools.create();
    const bytes = Buffer.alloc(32 * 2 ** 20, 'slipway ');
    const numbers = Float64Array.from({ length: 1000 }, (_, index) => index / 7);
    const buffers = [Buffer.of(1), new Uint8Array(numbers.buffer), bytes];
    const answer = await pool.request({ header: { type: 'echo' }, buffers }, patience());
    const [one, second, third] = answer.buffers as readonly [Buffer, Buffer, Buffer];
    expect(one).toEqual(Buffer.of(1));
    expect(new Float64Array(second.buffer, second.byteOffset, 1000)).toEqual(numbers);
    expect(bytes.equals(third)).toBe(true);
  });

  it('throws an error message as it came', async () => {
    const pool = pools.create();
    const refused = await pool.request(message('refuse'), patience()).catch((error) => error);
    expect(refused).toBeInstanceOf(WorkerRequestError);
    expect((refused as WorkerRequestError).reply.header).toMatchObject({ error: 'refused' });
    expect(pool.status()).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('takes requests before it is ready', async () => {
    const pool = pools.create({ mode: 'slow', start: { ms: 200 } });
    const answers = [1, 2, 3].map((value) => pool.request(message('echo', { value }), patience()));
    expect(pool.status().waiting).toBe(3);
    const values = (await Promise.all(answers)).map(({ header }) => header['value']);
    expect(values).toEqual([1, 2, 3]);
  });

  it('spreads requests over all its processes', async () => {
    const pool = pools.create({ workers: 3, callsPerWorker: 2 });
    await until(
      () => pool.status().workers.every(({ state }) => state === 'ready'),
      'all are ready',
    );
    const running = Array.from({ length: 7 }, () =>
      pool.request(message('slow', { ms: 100 }), patience()),
    );
    const { workers, waiting } = pool.status();
    expect(workers.map((worker) => worker.running)).toEqual([2, 2, 2]);
    expect(waiting).toBe(1);
    await Promise.all(running);
    expect(pool.status().workers.map((worker) => worker.running)).toEqual([0, 0, 0]);
  });

  it('serves those who wait in their order, without those who left', async () => {
    const pool = pools.create({ callsPerWorker: 1 });
    await pool.ready;
    const order: number[] = [];
    const leaver = new AbortController();
    const requests = Array.from({ length: 10 }, (_, value) =>
      pool
        .request(message('echo', { value }), value % 3 === 1 ? leaver.signal : patience())
        .then(() => order.push(value)),
    );
    leaver.abort(new Error('left'));
    const outcomes = await Promise.allSettled(requests);
    expect(order).toEqual([0, 2, 3, 5, 6, 8, 9]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
    expect(pool.status().waiting).toBe(0);
  });

  it('does not begin what was aborted before', async () => {
    const pool = pools.create();
    await pool.ready;
    const reason = new Error('too late');
    const late = pool.request(message('crash', { code: 1 }), AbortSignal.abort(reason));
    await expect(late).rejects.toBe(reason);
    expect(pool.status().restarts).toBe(0);
  });

  it('refuses a message that is too long, and nothing else', async () => {
    const pool = pools.create();
    const buffer = { byteLength: 2 ** 31 } as unknown as Uint8Array;
    const long = pool.request({ header: { type: 'echo' }, buffers: [buffer] }, patience());
    await expect(long).rejects.toMatchObject({ code: 'WORKER_PROTOCOL' });
    await pool.request(message('echo'), patience());
    expect(pool.status()).toMatchObject({ restarts: 0, workers: [{ running: 0 }] });
  });

  it('ends what waits and what runs when it is closed', async () => {
    const pool = pools.create({ callsPerWorker: 1 });
    await pool.ready;
    const requests = [0, 1].map(() => pool.request(message('forget'), patience()));
    const outcomes = Promise.allSettled(requests);
    await sleep(20);
    await Promise.all([pool.close(), pool.close()]);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'WORKERS_FAILED' } });
    }
  });
});

describe('a stream', () => {
  it('yields its items until the end', async () => {
    const pool = pools.create({ cancelGraceMs: () => 5000 });
    const seen: string[] = [];
    const items = pool.stream(message('stream', { count: 5, ms: 1 }), patience());
    for await (const { header, buffers } of items) {
      seen.push(`${String(header['index'])} ${Buffer.from(buffers[0] ?? []).toString()}`);
    }
    expect(seen).toEqual(['0 item 0', '1 item 1', '2 item 2', '3 item 3', '4 item 4']);
    expect(pool.status().workers[0]?.running).toBe(0);
  });

  it('throws a late error after the items before it', async () => {
    const pool = pools.create({ cancelGraceMs: () => 5000 });
    const items = pool.stream(message('failingStream'), patience());
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const { header } of items) seen.push(header['index']);
    })();
    await expect(reading).rejects.toBeInstanceOf(WorkerRequestError);
    expect(seen).toEqual([0]);
  });

  it('is stopped in the worker when the loop is left', async () => {
    const pool = pools.create({ cancelGraceMs: () => 5000 });
    for await (const { header } of pool.stream(
      message('stream', { count: 1e9, ms: 1 }),
      patience(),
    )) {
      if (header['index'] === 3) break;
    }
    await until(() => pool.status().workers[0]?.running === 0, 'the worker has stopped it');
    expect(pool.status().restarts).toBe(0);
  });

  it('whose reader falls far behind is stopped, after what it has', async () => {
    const pool = pools.create({ cancelGraceMs: () => 5000 });
    const items = pool.stream(message('stream', { count: 1e9, ms: 0, size: 2 ** 20 }), patience());
    let seen = 0;
    const reading = (async () => {
      for await (const { header } of items) {
        expect(header['index']).toBe(seen);
        if (seen++ === 0)
          await until(() => pool.status().workers[0]?.running === 0, 'it is stopped');
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(seen).toBe(65);
    expect(pool.status().restarts).toBe(0);
  });

  it('ends with the reason of its signal', async () => {
    const pool = pools.create({ cancelGraceMs: () => 5000 });
    const reason = new Error('over');
    const controller = new AbortController();
    const reading = (async () => {
      const items = pool.stream(message('stream', { count: 1e9, ms: 1 }), controller.signal);
      for await (const { header } of items) {
        if (header['index'] === 3) controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    await until(() => pool.status().workers[0]?.running === 0, 'the worker has stopped it');
    expect(pool.status().restarts).toBe(0);
  });
});
