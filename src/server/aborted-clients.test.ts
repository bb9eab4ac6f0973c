/** Thousands of clients that leave before their answer: nothing of them may stay. */
import net from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Scorer } from '../contract/scorer.ts';
import { createScoringService } from '../scoring/scoring-service.ts';
import { createScoringServer } from './create-scoring-server.ts';
import { listen } from './listen.ts';

const clients = 5000;
const atOnce = 100;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const body = '{"dataframe_split": {"columns": ["x", "y"], "data": [[1, 2], [3, 4]]}}';

/** Params keep a request from being merged. */
const bodies = [body, body.replace(/\}$/, ', "params": {}}')] as const;
const requests = bodies.map(
  (text) =>
    `POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
);

/** Scores after 1 ms, or stops when it is aborted. */
function slowScorer(): Scorer & { readonly running: () => number } {
  let running = 0;
  return {
    limits: { calls: 2, mergedCalls: 1 },
    async predict(_input, _params, signal) {
      running++;
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, 1);
        signal.addEventListener('abort', end);
      });
      running--;
      signal.throwIfAborted();
      return [1, 2];
    },
    running: () => running,
    close: async () => undefined,
  };
}

/** Sends a request and leaves at once, or after a moment. */
function askAndLeave(port: number, at: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const request = requests[at % 2] ?? '';
    const leave = (): void => void (at % 4 < 2 ? socket.destroy() : socket.resetAndDestroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.write(at % 3 === 0 ? request.slice(0, -10) : request, () => {
      if (at % 5 === 0) leave();
      else setTimeout(leave, at % 7);
    });
  });
}

async function askAndLeaveAll(port: number, count: number): Promise<void> {
  for (let first = 0; first < count; first += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, at) => askAndLeave(port, first + at)));
  }
}

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

it(`leaves nothing of ${clients} aborted clients`, async () => {
  const scorer = slowScorer();
  const options = {
    compat: 'slipway',
    lenientTypes: false,
    nonFinite: 'tokens',
    timeoutMs: 60_000,
  } as const;
  const service = createScoringService({ scorer, signature: null }, options);
  const server = createScoringServer(service, { ...options, report: () => undefined });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.app.server.getConnections((_error, count) => resolve(count)));
  const quiet = async (): Promise<unknown> => [await connections(), scorer.running(), service.load];
  const nothing = [0, 0, { running: 0, waiting: 0 }];

  await askAndLeaveAll(port, 500);
  await expect.poll(quiet, { timeout: 30_000 }).toEqual(nothing);
  const before = await heapBytes();
  const resourcesBefore = process.getActiveResourcesInfo().length;
  await askAndLeaveAll(port, clients);
  await expect.poll(quiet, { timeout: 30_000 }).toEqual(nothing);
  // 5,000 requests that stayed would hold far more than 2 kB each.
  expect((await heapBytes()) - before).toBeLessThan(3e6);
  expect(process.getActiveResourcesInfo().length - resourcesBefore).toBeLessThan(10);
  const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(await answer.text()).toBe('{"predictions": [1.0, 2.0]}');
  await server.stop();
}, 60_000);
