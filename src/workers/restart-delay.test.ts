import { expect, it } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

it('is none at first, then doubles from 100 ms to 10 s, until a worker has proved itself', () => {
  const delay = new RestartDelay();
  const delays = Array.from({ length: 10 }, () => delay.next(1000));
  expect(delays).toEqual([0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  expect([delay.next(5000), delay.next(0), delay.next(60_000)]).toEqual([0, 100, 0]);
});
