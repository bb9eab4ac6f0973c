import { describe, expect, it } from 'vitest';
import { createProgressBar, progressLine } from './progress-bar.ts';

const half = { rows: 250_000, bytesRead: 50, totalBytes: 100 };

describe('progressLine', () => {
  it('shows share, rows and rate', () => {
    const bar = `[${'='.repeat(15)}${' '.repeat(15)}]`;
    expect(progressLine(half, 500, 100)).toBe(`${bar}   50 %  250,000 rows  500,000 rows/s`);
  });

  it('shows no bar where the size is not known', () => {
    expect(progressLine({ ...half, totalBytes: null }, 500, 100)).toBe(
      '250,000 rows  500,000 rows/s',
    );
  });

  it.each([10, 20, 40, 60, 200])('fits %i columns', (columns) => {
    expect(progressLine(half, 500, columns).length).toBeLessThan(columns);
  });
});

describe('createProgressBar', () => {
  function draw(isTTY: boolean): string[] {
    const written: string[] = [];
    let time = 0;
    const bar = createProgressBar(
      { isTTY, columns: 80, write: (text) => written.push(text) },
      () => time,
    );
    for (time = 0; time <= 250; time += 10) bar.update(half);
    bar.clear();
    return written;
  }

  it('draws at most ten times a second and clears its line', () => {
    const written = draw(true);
    expect(written).toHaveLength(3);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('writes nothing where there is no terminal', () => {
    expect(draw(false)).toEqual([]);
  });
});
