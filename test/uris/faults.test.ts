/** What goes wrong between here and a server: refusals, drops, changed files, hostile listings, redirects. */
import type { IncomingMessage } from 'node:http';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type HttpDouble, sendFile, sendJson, startHttpDouble } from './http-double.ts';

const proxy = '/api/2.0/mlflow-artifacts/artifacts';
const mlmodel = Buffer.from('flavors:\n  python_function: {}\n');
const weights = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));

let folder = '';
let double: HttpDouble;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-faults-'));
  double = await startHttpDouble();
  double.files.set('m/MLmodel', mlmodel).set('m/data/weights.bin', weights);
  const api = '/api/2.0/mlflow';
  double.rest
    .set(`${api}/registered-models/get`, { registered_model: { name: 'fraud' } })
    .set(`${api}/model-versions/get-download-uri`, { artifact_uri: 'mlflow-artifacts:/m' });
});

afterEach(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    HOME: folder,
    SLIPWAY_CACHE: path.join(folder, 'cache'),
    MLFLOW_TRACKING_URI: double.url,
    MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
    MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
    ...extra,
  };
}

function resolve(uri: string, extra: NodeJS.ProcessEnv = {}): Promise<string> {
  return resolveModelUri(uri, { environment: environment(extra) });
}

async function expectWhole(directory: string): Promise<void> {
  expect(await readFile(path.join(directory, 'MLmodel'))).toEqual(mlmodel);
  expect((await readFile(path.join(directory, 'data/weights.bin'))).equals(weights)).toBe(true);
}

/** Nothing of a model that failed may be found by the next start. */
async function expectNothingKept(): Promise<void> {
  const cache = path.join(folder, 'cache', 'models');
  expect(await readdir(path.join(cache, 'content')).catch(() => [])).toEqual([]);
  expect(await readdir(path.join(cache, 'partial')).catch(() => [])).toEqual([]);
}

function lines(part: string): readonly string[] {
  return double.requests.map(({ line }) => line).filter((line) => line.includes(part));
}

/** Does something to the first `count` requests whose address holds `part`. */
function times(count: number, part: string, fault: HttpDouble['fault']): HttpDouble['fault'] {
  let left = count;
  return (request, answer) => {
    if (left === 0 || !(request.url ?? '').includes(part)) return false;
    left--;
    return fault(request, answer);
  };
}

describe('retries', () => {
  it.each([408, 429, 500, 502, 503, 504])('survive two answers of %i', async (status) => {
    double.fault = times(2, 'get-download-uri', (_request, answer) => {
      answer.writeHead(status).end('busy');
      return true;
    });
    await expectWhole(await resolve('models:/fraud/1'));
    expect(lines('get-download-uri')).toHaveLength(3);
  });

  it('end after MLFLOW_HTTP_REQUEST_MAX_RETRIES, with what the server said', async () => {
    double.fault = (_request, answer) => {
      answer.statusCode = 503;
      sendJson(answer, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'down for the night' });
      return true;
    };
    const failing = resolve('models:/fraud/1', { MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2' });
    await expect(failing).rejects.toMatchObject({
      code: 'MODEL_FETCH_FAILED',
      message: expect.stringMatching(/answered 503: down for the night$/) as string,
    });
    expect(double.requests).toHaveLength(3);
  });

  it('are not made for refusals', async () => {
    double.fault = (_request, answer) => {
      answer.writeHead(403).end('no');
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toMatchObject({ code: 'MODEL_ACCESS_DENIED' });
    expect(double.requests).toHaveLength(1);
  });

  it('wait as long as Retry-After says, and tell it', async () => {
    double.fault = times(1, 'get-download-uri', (_request, answer) => {
      answer.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    });
    const steps: string[] = [];
    const started = performance.now();
    await resolveModelUri('models:/fraud/1', {
      environment: environment(),
      onProgress: ({ step }) => steps.push(step),
    });
    expect(performance.now() - started).toBeGreaterThan(950);
    expect(steps.join('\n')).toMatch(/answered 429; asking again in 1\.0 s/);
  });

  it('survive connections that are cut before an answer', async () => {
    double.fault = times(2, 'get?name', (request) => {
      request.socket.destroy();
      return true;
    });
    await expectWhole(await resolve('models:/fraud/1'));
  });
});

describe('a download that breaks off', () => {
  const half = (request: IncomingMessage): boolean => (request.url ?? '').endsWith('weights.bin');

  it('goes on where it stopped', async () => {
    double.fault = times(2, 'weights.bin', (request, answer) => {
      const rest = request.headers.range === undefined ? weights : weights.subarray(100_000);
      if (request.headers.range === undefined) {
        answer.writeHead(200, { etag: '"300000-0"', 'content-length': weights.length });
      } else {
        answer.writeHead(206, {
          etag: '"300000-0"',
          'content-length': rest.length,
          'content-range': `bytes 100000-299999/300000`,
        });
      }
      answer.write(rest.subarray(0, 100_000), () => setTimeout(() => answer.destroy(), 50));
      return true;
    });
    await expectWhole(await resolve('models:/fraud/1'));
    const ranges = double.requests
      .filter(({ line }) => line.endsWith('weights.bin'))
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  });

  it('starts again where the file has changed meanwhile', async () => {
    const changed = Buffer.from(weights.map((byte) => 250 - byte));
    double.fault = times(1, 'weights.bin', (_request, answer) => {
      answer.writeHead(200, { etag: '"old"', 'content-length': weights.length });
      answer.write(changed.subarray(0, 100_000), () => setTimeout(() => answer.destroy(), 50));
      return true;
    });
    await expectWhole(await resolve('models:/fraud/1'));
  });

  it('starts again where the server knows no ranges', async () => {
    double.fault = times(1, 'weights.bin', (_request, answer) => {
      answer.writeHead(200, { 'content-length': weights.length });
      answer.write(weights.subarray(0, 100_000), () => setTimeout(() => answer.destroy(), 50));
      return true;
    });
    await expectWhole(await resolve('models:/fraud/1'));
  });

  it('fails after as many attempts as are allowed, and leaves nothing', async () => {
    double.fault = (request, answer) => {
      if (!half(request)) return false;
      answer.writeHead(200, { 'content-length': weights.length });
      answer.write(weights.subarray(0, 10), () => setTimeout(() => answer.destroy(), 20));
      return true;
    };
    const failing = resolve('models:/fraud/1', { MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2' });
    await expect(failing).rejects.toMatchObject({ code: 'MODEL_FETCH_FAILED' });
    await expectNothingKept();
  });

  it.each([10, -10])('is refused with a size %i bytes off its listing', async (difference) => {
    double.fault = (request, answer) => {
      if (!half(request)) return false;
      sendFile(request, answer, Buffer.alloc(weights.length + difference));
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toThrow(/its listing says 300000/);
    await expectNothingKept();
  });
});

describe('credentials', () => {
  const secrets = { MLFLOW_TRACKING_USERNAME: 'ann', MLFLOW_TRACKING_PASSWORD: 'hunter2secret' };

  function authorizations(server: HttpDouble): readonly unknown[] {
    return [...new Set(server.requests.map(({ headers }) => headers.authorization))];
  }

  it('are sent as Basic, before a token', async () => {
    await resolve('models:/fraud/1', { ...secrets, MLFLOW_TRACKING_TOKEN: 'tok' });
    const basic = Buffer.from('ann:hunter2secret').toString('base64');
    expect(authorizations(double)).toEqual([`Basic ${basic}`]);
  });

  it('are sent as Bearer', async () => {
    await resolve('models:/fraud/1', { MLFLOW_TRACKING_TOKEN: 'tok-123' });
    expect(authorizations(double)).toEqual(['Bearer tok-123']);
  });

  it('are read from ~/.mlflow/credentials', async () => {
    await mkdir(path.join(folder, '.mlflow'));
    await writeFile(
      path.join(folder, '.mlflow', 'credentials'),
      '[other]\nmlflow_tracking_username = x\n[mlflow]\nmlflow_tracking_username = bob\nmlflow_tracking_password: p=w:1\n',
    );
    await resolve('models:/fraud/1');
    expect(authorizations(double)).toEqual([
      `Basic ${Buffer.from('bob:p=w:1').toString('base64')}`,
    ]);
  });

  it('do not go along with a redirect to another host, nor to one that an artifact names', async () => {
    const other = await startHttpDouble();
    try {
      other.files.set('m/MLmodel', mlmodel).set('m/data/weights.bin', weights);
      double.fault = (request, answer) => {
        if (!(request.url ?? '').endsWith('weights.bin')) return false;
        answer.writeHead(302, { location: `${other.url}${request.url ?? ''}` }).end();
        return true;
      };
      await expectWhole(await resolve('models:/fraud/1', secrets));
      expect(authorizations(other)).toEqual([undefined]);
      double.rest.set('/api/2.0/mlflow/model-versions/get-download-uri', {
        artifact_uri: `${other.url}${proxy}/m`,
      });
      await expectWhole(await resolve('models:/fraud/2', secrets));
      expect(authorizations(other)).toEqual([undefined]);
      await resolve('models:/fraud/3', { ...secrets, SLIPWAY_TRUSTED_HOSTS: other.url });
      expect(authorizations(other)).toHaveLength(2);
    } finally {
      await other.close();
    }
  });

  it('never stand in a message', async () => {
    double.fault = (_request, answer) => {
      answer.statusCode = 401;
      sendJson(answer, { message: 'bad credentials ann:hunter2secret, token=tok-123' });
      return true;
    };
    const url = double.url.replace('http://', 'http://ann:hunter2secret@');
    const failure: unknown = await resolve('models:/fraud/1', {
      ...secrets,
      MLFLOW_TRACKING_URI: url,
      MLFLOW_TRACKING_TOKEN: 'tok-123',
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'MODEL_ACCESS_DENIED' });
    const { message, details } = failure as { message: string; details: unknown };
    expect(message + JSON.stringify(details)).not.toMatch(/hunter2secret|tok-123/);
    expect(double.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });
});

describe('redirects', () => {
  it.each([
    ['in a circle', (url: string) => url, /more than 5/],
    ['to another scheme', () => 'file:///etc/passwd', /no http address/],
  ])('%s are refused', async (_name, target, message) => {
    double.fault = (request, answer) => {
      answer.writeHead(302, { location: target(request.url ?? '') }).end();
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toThrow(message);
  });

  it('are refused where MLFLOW_ALLOW_HTTP_REDIRECTS forbids them', async () => {
    double.fault = (_request, answer) => {
      answer.writeHead(302, { location: '/elsewhere' }).end();
      return true;
    };
    const failing = resolve('models:/fraud/1', { MLFLOW_ALLOW_HTTP_REDIRECTS: 'false' });
    await expect(failing).rejects.toThrow(/MLFLOW_ALLOW_HTTP_REDIRECTS/);
  });
});

describe('hostile listings', () => {
  it.each([
    ['../evil', 10],
    ['/etc/evil', 10],
    ['a/../../evil', 10],
    ['..', 10],
    ['a\\..\\evil', 10],
    ['C:evil', 10],
    ['evil\u0000', 10],
    ['', 10],
    ['a//b', 10],
    ['x'.repeat(300), 10],
    ['big', -1],
    ['big', 1.5],
    ['big', '9'.repeat(30)],
    ['MLmodel/x', 5],
  ])('with %j of %j bytes are refused', async (name, size) => {
    double.fault = (request, answer) => {
      if (!(request.url ?? '').startsWith(`${proxy}?`)) return false;
      const files = [{ path: 'MLmodel', is_dir: false, file_size: mlmodel.length }];
      sendJson(answer, { files: [...files, { path: name, is_dir: false, file_size: size }] });
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toMatchObject({
      code: 'MODEL_LISTING_INVALID',
    });
    await expectNothingKept();
    expect(await readdir(folder)).not.toContain('evil');
  });

  it('that never end are refused', async () => {
    double.fault = (request, answer) => {
      if (!(request.url ?? '').startsWith(`${proxy}?`)) return false;
      sendJson(answer, { files: [{ path: 'deeper', is_dir: true }] });
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toThrow(/deeper than/);
  });

  it('of more bytes than there is room for are refused before anything is fetched', async () => {
    double.fault = (request, answer) => {
      if (!(request.url ?? '').startsWith(`${proxy}?`)) return false;
      const files = [
        { path: 'MLmodel', is_dir: false, file_size: mlmodel.length },
        { path: 'huge.bin', is_dir: false, file_size: 2 ** 52 },
      ];
      sendJson(answer, { files });
      return true;
    };
    await expect(resolve('models:/fraud/1')).rejects.toThrow(/has room for/);
    expect(lines('huge.bin')).toEqual([]);
  });
});

describe('the cache', () => {
  it('is used by several at once without harm', async () => {
    const directories = await Promise.all(
      Array.from({ length: 6 }, () => resolve('models:/fraud/1')),
    );
    expect(new Set(directories).size).toBe(1);
    await expectWhole(directories[0] ?? '');
    expect(await readdir(path.join(folder, 'cache', 'models', 'partial'))).toEqual([]);
  });

  it('fetches again what was damaged', async () => {
    const directory = await resolve('models:/fraud/1');
    await writeFile(path.join(directory, 'data/weights.bin'), 'short');
    expect(await resolve('models:/fraud/1')).toBe(directory);
    await expectWhole(directory);
  });

  it('keeps apart what changed behind the same version', async () => {
    const first = await resolve('models:/fraud/1');
    double.files.set('m/MLmodel', Buffer.from('flavors: {}\n'));
    const second = await resolve('models:/fraud/1');
    expect(second).not.toBe(first);
    expect(await readFile(path.join(second, 'MLmodel'), 'utf8')).toBe('flavors: {}\n');
    await expectWhole(first);
  });

  it('is not used with SLIPWAY_NO_CACHE', async () => {
    const directory = await resolve('models:/fraud/1', { SLIPWAY_NO_CACHE: '1' });
    await expectWhole(directory);
    expect(await readdir(folder)).not.toContain('cache');
  });

  it('is pointed to where the server is gone', async () => {
    const kept = await resolve('models:/fraud/1');
    double.fault = (_request, answer) => {
      answer.writeHead(500).end();
      return true;
    };
    const gone = { MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0' };
    await expect(resolve('models:/fraud/1', gone)).rejects.toThrow(/--offline uses the copy of/);
    expect(await resolve('models:/fraud/1', { ...gone, SLIPWAY_OFFLINE: 'true' })).toBe(kept);
  });
});

it('ends with the signal', async () => {
  const controller = new AbortController();
  double.fault = (request) => {
    if (!(request.url ?? '').endsWith('weights.bin')) return false;
    setTimeout(() => controller.abort(new Error('enough')), 20);
    return true;
  };
  const { signal } = controller;
  const failing = resolveModelUri('models:/fraud/1', { environment: environment(), signal });
  await expect(failing).rejects.toThrow('enough');
  await expectNothingKept();
});
