/** A pool of real processes: answers, order, cancellation. */
import { afterEach, describe, expect, it } from 'vitest';
import { FixturePools, message, patience } from '../../test/workers/fixture-pool.ts';

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
    });
  });
});
