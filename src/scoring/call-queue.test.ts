import { describe, expect, it } from 'vitest';
import { CallQueue } from './call-queue.ts';

const patient: AbortSignal = new AbortController().signal;

/** Work that ends when it is told to. */
function openWork(): { work: () => Promise<string>; end: (text: string) => void } {
  let end: (text: string) => void = () => undefined;
  const done = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { work: () => done, end: (text) => end(text) };
}

async function turn(): Promise<void> {
  await new Promise(setImmediate);
}

describe('CallQueue', () => {
  it('runs no more than its calls at once, and the rest in order', async () => {
    const queue = new CallQueue({ calls: 2, maxQueue: 10 });
    const started: number[] = [];
    const works = [0, 1, 2, 3, 4].map(() => openWork());
    const running = works.map(({ work }, at) =>
      queue.run(patient, () => {
        started.push(at);
        return work();
      }),
    );
    await turn();
    expect([started, queue.running, queue.waiting]).toEqual([[0, 1], 2, 3]);
    works[1]?.end('second');
    await turn();
    expect([started, queue.running, queue.waiting]).toEqual([[0, 1, 2], 2, 2]);
    for (const { end } of works) end('done');
    expect(await Promise.all(running)).toEqual(['done', 'second', 'done', 'done', 'done']);
    expect([started, queue.running, queue.waiting]).toEqual([[0, 1, 2, 3, 4], 0, 0]);
  });

  it('refuses what it has no room for', async () => {
    const queue = new CallQueue({ calls: 1, maxQueue: 1 });
    const first = openWork();
    const running = queue.run(patient, first.work);
    const waiting = queue.run(patient, async () => 'waited');
    await expect(queue.run(patient, async () => 'never')).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      message: expect.stringContaining('--max-queue') as string,
    });
    first.end('ran');
    expect(await Promise.all([running, waiting])).toEqual(['ran', 'waited']);
  });

  it('lets go of whoever leaves, without running its work', async () => {
    const queue = new CallQueue({ calls: 1, maxQueue: 10 });
    const first = openWork();
    const running = queue.run(patient, first.work);
    const leaving = new AbortController();
    let ran = false;
    const left = queue.run(leaving.signal, async () => {
      ran = true;
    });
    const stays = queue.run(patient, async () => 'stayed');
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(queue.waiting).toBe(1);
    first.end('');
    await running;
    expect(await stays).toBe('stayed');
    expect([ran, queue.running]).toEqual([false, 0]);
  });

  it('frees the place of work that fails', async () => {
    const queue = new CallQueue({ calls: 1, maxQueue: 0 });
    for (let round = 0; round < 3; round++) {
      await expect(queue.run(patient, () => Promise.reject(new Error('bad')))).rejects.toThrow(
        'bad',
      );
    }
    expect(queue.running).toBe(0);
  });

  it('puts urgent work first and counts it not', async () => {
    const queue = new CallQueue({ calls: 1, maxQueue: 1 });
    const order: string[] = [];
    const first = openWork();
    const note = (name: string) => async (): Promise<void> => void order.push(name);
    const all = [
      queue.run(patient, first.work),
      queue.run(patient, note('ordinary')),
      queue.run(patient, note('urgent'), 'urgent'),
    ];
    first.end('');
    await Promise.all(all);
    expect(order).toEqual(['urgent', 'ordinary']);
  });

  it('holds the place of a stream until it has been left', async () => {
    const queue = new CallQueue({ calls: 1, maxQueue: 1 });
    const stream = queue.stream(patient, async function* () {
      yield 1;
      yield 2;
    });
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const waiting = queue.run(patient, async () => 'next');
    await turn();
    expect([queue.running, queue.waiting]).toEqual([1, 1]);
    await stream.return();
    expect(await waiting).toBe('next');
    expect(queue.running).toBe(0);
  });
});
