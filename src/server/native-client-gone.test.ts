/** A client that leaves while the kernel of native models scores its rows. */
import net from 'node:net';
import { expect, it } from 'vitest';
import { drawEnsemble, SeededNumbers } from '../../test/trees/random-ensembles.ts';
import { createScoringService } from '../scoring/scoring-service.ts';
import { createEnsembleKernel, type FillRows } from '../trees/ensemble-kernel.ts';
import { createScoringServer } from './create-scoring-server.ts';
import { listen } from './listen.ts';

const rowCount = 2_000_000;
const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 60_000,
} as const;

it.each([
  ['threads', 2],
  ['no threads', 0],
])('ends its work, and makes room for the next: %s', async (_, threads) => {
  const ensemble = drawEnsemble(new SeededNumbers(3), {
    thresholdType: 'float32',
    comparison: '<',
    sumType: 'float32',
    vectorLeaves: false,
    categories: false,
    outputCount: 1,
    featureCount: 5,
    treeCount: 30,
    splitCount: 40,
    growth: 'bushy',
  });
  const kernel = createEnsembleKernel(ensemble, { threads });
  let filledRows = 0;
  let leave = (): void => undefined;
  const fill: FillRows = (rows, firstRow, count) => {
    rows.fill(0.5, 0, count * 5);
    filledRows = firstRow + count;
    leave();
  };
  const outcomes: unknown[] = [];
  const scorer = {
    limits: { calls: 1 },
    async predict(_input: unknown, _params: unknown, signal: AbortSignal): Promise<number[]> {
      const isFirst = outcomes.length === 0;
      try {
        await kernel.predictParallel(isFirst ? rowCount : 1, fill, { signal });
        outcomes.push('done');
        return [1];
      } catch (error) {
        outcomes.push(error);
        throw error;
      }
    },
    close: () => kernel.close(),
  };
  const service = createScoringService({ scorer, signature: null }, options);
  const server = createScoringServer(service, { ...options, report: () => undefined });
  const { port, url } = await listen(server, { host: '127.0.0.1', port: 0 });
  const body = '{"inputs": [1]}';
  const client = net.connect(port, '127.0.0.1');
  const isGone = new Promise((resolve) => client.on('close', resolve));
  leave = () => void client.destroy();
  client.write(
    `POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await isGone;
  const headers = { 'content-type': 'application/json' };
  const next = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
  expect(await next.text()).toBe('{"predictions": [1.0]}');
  expect(outcomes).toEqual([expect.objectContaining({ code: 'CLIENT_GONE' }), 'done']);
  expect(filledRows).toBeLessThan(rowCount);
  expect(service.load).toEqual({ running: 0, waiting: 0 });
  await server.stop();
  await service.close();
});
