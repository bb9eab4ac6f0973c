/** Big files by addresses that the tracking server signs (MLflow 3.10 and later, where its artifacts stand in a cloud). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type HttpDouble, sendJson, startHttpDouble } from './http-double.ts';

const mlmodel = Buffer.from('flavors: {}\n');
const big = Buffer.from(
  Uint8Array.from({ length: 40 * 2 ** 20 }, (_, index) => (index * 11) % 251),
);

let folder = '';
let tracking: HttpDouble;
let cloud: HttpDouble;
let offers = true;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-presigned-'));
  tracking = await startHttpDouble();
  cloud = await startHttpDouble();
  offers = true;
  tracking.files.set('m/MLmodel', mlmodel).set('m/small.txt', Buffer.from('x'));
  tracking.files.set('m/big.bin', big);
  tracking.fault = (request, answer) => {
    const url = request.url ?? '';
    if (url === '/api/3.0/mlflow/server-info') {
      sendJson(answer, { store_type: 'sql', multipart_downloads_enabled: offers });
      return true;
    }
    if (url !== '/api/2.0/mlflow-artifacts/presigned/m/big.bin') return false;
    const signed = `${cloud.url}/bucket/big.bin?X-Amz-Signature=secret`;
    sendJson(answer, { url: signed, headers: { 'X-Owner': 'me' }, file_size: big.length });
    return true;
  };
  cloud.fault = (request, answer) => sendRange(request, answer, '"v1"');
});

afterEach(async () => {
  await tracking.close();
  await cloud.close();
  await rm(folder, { recursive: true, force: true });
});

function sendRange(request: IncomingMessage, answer: ServerResponse, etag: string): true {
  const [, start = '0', end = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const part = big.subarray(Number(start), Number(end) + 1);
  answer.writeHead(206, {
    etag,
    'content-length': part.length,
    'content-range': `bytes ${start}-${end}/${big.length}`,
  });
  answer.end(part);
  return true;
}

function fetchModel(extra: NodeJS.ProcessEnv = {}): Promise<string> {
  return resolveModelUri('mlflow-artifacts:/m', {
    environment: {
      HOME: folder,
      SLIPWAY_CACHE: path.join(folder, 'cache'),
      MLFLOW_TRACKING_URI: tracking.url,
      MLFLOW_TRACKING_TOKEN: 'mine',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
      MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
      MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
      ...extra,
    },
  });
}

async function expectWhole(directory: string): Promise<void> {
  expect((await readFile(path.join(directory, 'big.bin'))).equals(big)).toBe(true);
  expect(await readFile(path.join(directory, 'small.txt'), 'utf8')).toBe('x');
}

const throughServer = (): number =>
  tracking.requests.filter(({ line }) => line.endsWith('artifacts/m/big.bin')).length;

it('come in parts from the cloud, which hears nothing of who we are', async () => {
  await expectWhole(await fetchModel());
  expect(throughServer()).toBe(0);
  expect(cloud.requests).toHaveLength(3);
  for (const { headers } of cloud.requests) {
    expect(headers.authorization).toBeUndefined();
    expect(headers['x-owner']).toBe('me');
  }
  const asked = tracking.requests.filter(({ line }) => /presigned|server-info/.test(line));
  expect(asked).toHaveLength(2);
});

it('survive parts that break off', async () => {
  let left = 3;
  cloud.fault = (request, answer) => {
    if (left-- <= 0) return sendRange(request, answer, '"v1"');
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0]);
    answer.writeHead(206, { etag: '"v1"', 'content-range': `bytes ${start}-${big.length - 1}/x` });
    answer.write(big.subarray(start, start + 1000), () => answer.destroy());
    return true;
  };
  await expectWhole(await fetchModel());
});

it('are never put together of two versions', async () => {
  let count = 0;
  cloud.fault = (request, answer) => sendRange(request, answer, `"v${count++}"`);
  await expect(fetchModel()).rejects.toThrow(/changed while it was fetched/);
});

it('come through the server where it offers nothing else, or the variable says so', async () => {
  offers = false;
  await expectWhole(await fetchModel());
  offers = true;
  await expectWhole(
    await fetchModel({ MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD: 'false', SLIPWAY_NO_CACHE: '1' }),
  );
  expect(throughServer()).toBe(2);
  expect(cloud.requests).toEqual([]);
});
