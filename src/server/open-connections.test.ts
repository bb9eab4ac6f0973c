import { once } from 'node:events';
import net from 'node:net';
import { expect, it } from 'vitest';
import { createScoringService } from '../scoring/scoring-service.ts';
import { createScoringServer } from './create-scoring-server.ts';
import { listen } from './listen.ts';

it('stops although clients are connected that send nothing, and answers what is in flight', async () => {
  let answer = (): void => undefined;
  let asked = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const scorer = {
    predict: () =>
      new Promise<string>((resolve) => {
        answer = () => resolve('late');
        asked();
      }),
    close: async () => undefined,
  };
  const options = { compat: 'slipway', timeoutMs: 60_000 } as const;
  const scoring = { ...options, lenientTypes: false, nonFinite: 'tokens' } as const;
  const service = createScoringService({ scorer, signature: null }, scoring);
  const server = createScoringServer(service, options);
  const { port, url } = await listen(server, { host: '127.0.0.1', port: 0 });
  const silent = net.connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const response = fetch(`${url}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"inputs": [1]}',
  });
  await isAsked;
  const stopped = server.stop();
  await once(silent.resume(), 'close');
  answer();
  expect(await (await response).text()).toBe('{"predictions": "late"}');
  await stopped;
});
