import { expect, it } from 'vitest';
import { RunTimes } from './run-times.ts';

it('takes a size for long once runs of it or of smaller ones say so', () => {
  const times = new RunTimes();
  expect(times.isLong(4096)).toBe(false);
  expect(times.isLong(5000)).toBe(true);
  times.record(1000, 1);
  expect(times.isLong(4000)).toBe(false);
  expect(times.isLong(16_000)).toBe(true);
});

it('does not take one late run for a slow model', () => {
  const times = new RunTimes();
  times.record(10, 0.01);
  times.record(10, 300);
  expect(times.isLong(10)).toBe(false);
  times.record(10, 0.01);
  times.record(10, 300);
  expect(times.isLong(10)).toBe(false);
});

it('finds out soon that runs have become long, and short again', () => {
  const times = new RunTimes();
  times.record(10, 0.01);
  for (let run = 0; run < 4; run++) times.record(10, 20);
  expect(times.isLong(10)).toBe(true);
  times.record(10, 1);
  expect(times.isLong(10)).toBe(false);
});
