/** What workers print, and what they fork. */
import { afterEach, describe, expect, it } from 'vitest';
import { FixturePools, message, patience, until } from '../../test/workers/fixture-pool.ts';
import { maxLineBytes } from './line-splitter.ts';

const pools = new FixturePools();

afterEach(async () => {
  expect(await pools.close()).toEqual([]);
});

describe('output', () => {
  it('comes line by line, with the pid', async () => {
    const lines: [string, number][] = [];
    const pool = pools.create({ onLog: (line, pid) => void lines.push([line, pid]) });
    await pool.request(message('print', { text: 'one\ntwo\r\n\nthree ü', times: 1 }), patience());
    const pid = pool.status().workers[0]?.pid;
    await pool.close();
    expect(lines).toEqual(['one', 'two', '', 'three ü'].map((line) => [line, pid]));
  });

  it('of 100 MB without a line end takes little memory and holds up no answer', async () => {
    let bytes = 0;
    let longest = 0;
    const pool = pools.create({
      onLog: (line) => {
        bytes += line.length;
        longest = Math.max(longest, line.length);
      },
    });
    await pool.ready;
    const before = process.memoryUsage().rss;
    const printing = pool.request(
      message('print', { text: 'x'.repeat(1e6), times: 100 }),
      patience(),
    );
    const asked: Promise<unknown>[] = [];
    let answers = 0;
    const timer = setInterval(() => {
      asked.push(pool.request(message('echo'), patience()).then(() => answers++));
    }, 5);
    await printing;
    clearInterval(timer);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 2 ** 20);
    expect(answers).toBeGreaterThan(0);
    await Promise.all(asked);
    await pool.close();
    expect(bytes).toBe(1e8);
    expect(longest).toBe(maxLineBytes);
  });

  it('waits for a slow log, without growing and without holding up answers', async () => {
    let release: () => void = () => undefined;
    let lines = 0;
    const pool = pools.create({
      onLog: () => {
        lines++;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    });
    const printing = pool.request(
      message('print', { text: `${'x'.repeat(999)}\n`, times: 10_000 }),
      patience(),
    );
    await until(() => lines > 0, 'the first line is there');
    for (let round = 0; round < 50; round++) await pool.request(message('echo'), patience());
    expect(lines).toBeLessThan(200);
    const timer = setInterval(() => release(), 1);
    await printing;
    await until(() => lines === 10_000, 'all is read');
    clearInterval(timer);
  });
});

describe('forked children', () => {
  it('end with the pool', async () => {
    const pool = pools.create();
    const { header } = await pool.request(message('fork'), patience());
    expect(pools.processes()).toContain(header['pid']);
    await pool.close();
    expect(pools.processes()).toEqual([]);
  });

  it('end with their worker when it crashes', async () => {
    const pool = pools.create();
    const { header } = await pool.request(message('fork'), patience());
    const startedAt = performance.now();
    await pool.request(message('segfault'), patience()).catch(() => undefined);
    await until(() => !pools.processes().includes(Number(header['pid'])), 'the child is gone');
    await pool.request(message('echo'), patience());
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
