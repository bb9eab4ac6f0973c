import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createDeadline } from './deadline.ts';

/** Work that ends only when it is aborted, and remembers why. */
function endless(): { work: (signal: AbortSignal) => Promise<never>; reason: () => unknown } {
  let reason: unknown;
  return {
    work: (signal) =>
      new Promise<never>(() => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
      }),
    reason: () => reason,
  };
}

async function failLater(): Promise<never> {
  await new Promise(setImmediate);
  throw new Error('later');
}

describe('createDeadline', () => {
  it('passes on what work gives, at once or later', async () => {
    const deadline = createDeadline(60_000);
    const begun = { startedAtMs: performance.now() };
    expect(await deadline.run(begun, async () => 1)).toBe(1);
    expect(
      await deadline.run(begun, () => new Promise((resolve) => setImmediate(resolve, 2))),
    ).toBe(2);
  });

  it('passes on what work throws, at once or later', async () => {
    const deadline = createDeadline(60_000);
    const begun = { startedAtMs: performance.now() };
    await expect(deadline.run(begun, () => Promise.reject(new Error('now')))).rejects.toThrow(
      'now',
    );
    await expect(deadline.run(begun, failLater)).rejects.toThrow('later');
  });

  it('ends work that takes too long', async () => {
    const { work, reason } = endless();
    const running = createDeadline(5).run({ startedAtMs: performance.now() }, work);
    await expect(running).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(reason()).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('ends work when the caller leaves, and leaves no listener behind', async () => {
    const caller = new EventEmitter();
    const { work, reason } = endless();
    const deadline = createDeadline(60_000);
    const running = deadline.run({ startedAtMs: performance.now(), caller }, work);
    await new Promise(setImmediate);
    caller.emit('close');
    await expect(running).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    expect(reason()).toMatchObject({ code: 'CLIENT_GONE' });
    await deadline.run({ startedAtMs: performance.now(), caller }, () => new Promise(setImmediate));
    expect(caller.listenerCount('close')).toBe(0);
  });

  it('gives no later request a signal that has been aborted', async () => {
    const deadline = createDeadline(1);
    await expect(
      deadline.run({ startedAtMs: performance.now() }, endless().work),
    ).rejects.toThrow();
    const aborted = await deadline.run({ startedAtMs: performance.now() }, async (s) => s.aborted);
    expect(aborted).toBe(false);
  });

  it('refuses what is late though it ended', () => {
    const deadline = createDeadline(1000);
    expect(() => deadline.check(performance.now() - 1001)).toThrow('Scoring took longer than 1 s');
    expect(deadline.check(performance.now())).toBeGreaterThan(0);
  });
});
