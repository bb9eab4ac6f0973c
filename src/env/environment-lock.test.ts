import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './environment-lock.ts';
import { isOwnerAlive, type LockOwner, thisOwner } from './lock-owner.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'slipway-lock-')), 'locks');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

function leaveLock(owner: LockOwner, number: number = 7): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `x.lock.${number}`), JSON.stringify(owner));
}

describe('locks', () => {
  it('let one in at a time, however many come', async () => {
    let inside = 0;
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        withLock(folder, 'x', {}, async () => {
          inside++;
          expect(inside).toBe(1);
          await sleep(2);
          inside--;
          order.push(index);
        }),
      ),
    );
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^x\.lock\.\d+$/)]);
  });

  it('are released when the work throws', async () => {
    const failing = withLock(folder, 'x', {}, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await withLock(folder, 'x', {}, async () => 1)).toBe(1);
  });

  it('are taken over from a process that is gone, and from one whose number was given to another', async () => {
    const own = await thisOwner();
    for (const owner of [
      { ...own, pid: 2 ** 22 + 1 },
      { ...own, startedAt: 'earlier' },
    ]) {
      expect(await isOwnerAlive(owner, false)).toBe(false);
      leaveLock(owner);

      expect(await withLock(folder, 'x', {}, async () => 'mine')).toBe('mine');
      rmSync(folder, { recursive: true });
    }
  });

  it('of another machine are taken over after a long silence only', async () => {
    leaveLock({ pid: 1, place: 'elsewhere', startedAt: '1' });
    const started = performance.now();
    const beats = setInterval(() => {
      const now = new Date();
      if (performance.now() - started < 300) utimesSync(path.join(folder, 'x.lock.7'), now, now);
    }, 50);
    await withLock(folder, 'x', { silenceMs: 200 }, async () => undefined);
    clearInterval(beats);
    expect(performance.now() - started).toBeGreaterThan(450);
  });

  it('tell once who holds them, and can be given up', async () => {
    const own = await thisOwner();
    leaveLock(own);
    const waits: number[] = [];
    const waiting = withLock(
      folder,
      'x',
      { onWait: ({ pid }) => waits.push(pid), signal: AbortSignal.timeout(350) },
      async () => undefined,
    );
    await expect(waiting).rejects.toThrow(/timeout/i);
    expect(waits).toEqual([process.pid]);
  });
});
