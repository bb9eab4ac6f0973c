/**
 * A native model under load by many connections with requests of all sizes: each gets its answer, once, and memory does
 * not grow. The same test finds a server that leaks.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { openService } from '../../src/backend/open-service.ts';
import {
  exampleBody,
  exampleModel,
  serveGroup,
  type ServingGroup,
} from '../processes/serving-group.ts';
import { MemorySamples } from './memory-slope.ts';
import { type KnownRequest, runLane, type Tally } from './request-lane.ts';

/** Some in `npm test`; `npm run soak` asks for ten minutes of each: V8 needs four until its heap has its size. */
const seconds = Number(process.env['SLIPWAY_SERVER_SOAK_SECONDS'] ?? 16);
const halfSeconds = seconds / 2;

/** The bar. In a short run, what has not been collected yet counts for more than that: 25 MB in its last quarter. */
const mostMegabytesAMinute = Number(
  process.env['SLIPWAY_SERVER_SOAK_MOST'] ?? (seconds < 300 ? 25 / (seconds / 4 / 60) : 1),
);

const timeout = seconds * 2000 + 120_000;

describe.skipIf(process.platform !== 'linux')('a server under load', () => {
  let requests: readonly (readonly KnownRequest[])[];
  const groups: ServingGroup[] = [];

  beforeAll(async () => {
    requests = await knownRequests();
  }, 60_000);
  afterAll(async () => {
    for (const { child, ended } of groups) {
      child.kill('SIGTERM');
      await ended;
    }
  });

  async function start(environment: NodeJS.ProcessEnv = {}): Promise<ServingGroup> {
    const group = await serveGroup(['-m', exampleModel, '--runtime', 'native'], environment);
    groups.push(group);
    return group;
  }

  async function load(
    group: ServingGroup,
    connections: number,
    lastSeconds: number,
  ): Promise<[Tally, MemorySamples]> {
    const tally: Tally = { sent: 0, right: 0, wrong: [], lost: 0 };
    const end = performance.now() + lastSeconds * 1000;
    const memory = new MemorySamples(group.child.pid ?? 0, (lastSeconds * 1000) / 200);
    const lanes = Array.from({ length: connections }, (_, lane) => {
      let turn = lane * 7;
      return runLane(
        group.port,
        () => pick(requests, turn++),
        () => performance.now() > end,
        tally,
      );
    });
    await Promise.all(lanes);
    memory.stop();
    return [tally, memory];
  }

  /** @returns how memory grew, in megabytes a minute */
  async function loadRightly(
    group: ServingGroup,
    connections: number,
    lastSeconds: number,
  ): Promise<number> {
    const [tally, memory] = await load(group, connections, lastSeconds);
    const slope = memory.slope();
    process.stdout.write(
      `server, ${connections} connections: ${JSON.stringify(tally)}, ${memory.lastMegabytes.toFixed(0)} MB, ${slope.toFixed(2)} MB/min (at most ${mostMegabytesAMinute.toFixed(1)})\n`,
    );
    expect(tally).toEqual({ sent: tally.right, right: tally.right, wrong: [], lost: 0 });
    expect(tally.right).toBeGreaterThan(connections * 2);
    return slope;
  }

  it.each([16, 256])(
    'of %i connections answers each request once, and does not grow',
    { timeout },
    async (connections) => {
      const group = groups[0] ?? (await start());
      let slope = await loadRightly(group, connections, halfSeconds);
      if (slope > mostMegabytesAMinute) {
        // The heap goes up and down by 20 MB within minutes, and by as much in the first seconds of more connections: what
        // looks like growth is looked at for twice as long.
        slope = await loadRightly(group, connections, halfSeconds * 2);
      }
      expect(slope).toBeLessThanOrEqual(mostMegabytesAMinute);
    },
  );

  it('that leaks is found out', { timeout }, async () => {
    const leakBytes = seconds < 120 ? 65_536 : 512;
    const group = await start({
      NODE_OPTIONS: `--require ${path.join(import.meta.dirname, 'leak.cjs')}`,
      SLIPWAY_LEAK_BYTES: String(leakBytes),
    });
    const [tally, memory] = await load(group, 16, Math.min(60, halfSeconds / 2));
    process.stdout.write(
      `server that leaks: ${tally.right} answers, ${memory.slope().toFixed(0)} MB/min\n`,
    );
    expect(memory.slope()).toBeGreaterThan(mostMegabytesAMinute);
  });
});

/** Mostly small ones, as in life. */
function pick(sizes: readonly (readonly KnownRequest[])[], turn: number): KnownRequest {
  const size = turn % 100 === 0 ? 3 : turn % 20 === 0 ? 2 : turn % 4 === 0 ? 1 : 0;
  const group = sizes[size] ?? [];
  return group[turn % group.length]!;
}

/** Requests of 1, 20, 300 and 3,000 rows, all different, and what the model says to them without any server. */
async function knownRequests(): Promise<readonly (readonly KnownRequest[])[]> {
  const options = resolveBackendOptions({ runtime: 'native' });
  const { service } = await openService(exampleModel, {}, options);
  const { dataframe_split: example } = JSON.parse(exampleBody) as {
    dataframe_split: { columns: string[]; data: number[][] };
  };
  const [row = []] = example.data;
  const make = async (rows: number, seed: number): Promise<KnownRequest> => {
    const data = Array.from({ length: rows }, (_, at) =>
      row.map(
        (value, column) =>
          Math.round(value * 100 + ((seed * 131 + at * 17 + column * 7) % 50)) / 100,
      ),
    );
    const body = JSON.stringify({ dataframe_split: { columns: example.columns, data } });
    const answer = await service.score({
      body: Buffer.from(body),
      contentType: 'application/json',
      startedAtMs: performance.now(),
    });
    const head = `POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    return { request: Buffer.from(head + body), answer };
  };
  const groups = [
    [1, 40],
    [20, 20],
    [300, 6],
    [3000, 2],
  ] as const;
  const made = await Promise.all(
    groups.map(([rows, count]) =>
      Promise.all(Array.from({ length: count }, (_, seed) => make(rows, seed + 1))),
    ),
  );
  await service.close();
  return made;
}
