/** S3: against rclone's server, which checks signatures, and against a double for hostile pages. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { emulatorProgram } from './emulators.ts';
import { type HttpDouble, sendFile, startHttpDouble } from './http-double.ts';

const rclone = emulatorProgram('bin', 'rclone');
const weights = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 31) % 253));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-s3-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function environment(endpoint: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    HOME: folder,
    SLIPWAY_CACHE: path.join(folder, 'cache'),
    MLFLOW_S3_ENDPOINT_URL: endpoint,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: '2',
    MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
    MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'very-secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
}

describe.skipIf(rclone === null)('a server that checks signatures (needs the emulators)', () => {
  let server: ReturnType<typeof spawn>;
  let endpoint = '';

  beforeAll(async () => {
    const model = path.join(folder, 'root', 'bucket', 'models', 'my model (1)+é');
    await mkdir(path.join(model, 'many'), { recursive: true });
    await writeFile(path.join(model, 'MLmodel'), 'flavors: {}\n');
    await writeFile(path.join(model, 'weights.bin'), weights);
    for (let index = 0; index < 1100; index++) {
      await writeFile(path.join(model, 'many', `f ${index}.txt`), String(index));
    }
    server = spawn(
      rclone ?? '',
      [
        'serve',
        's3',
        '--auth-key',
        'AKID,very-secret',
        '--addr',
        '127.0.0.1:0',
        path.join(folder, 'root'),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } },
    );
    let log = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    while (!/http:\/\/127\.0\.0\.1:\d+/.test(log)) await sleep(50);
    endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0] ?? '';
  });

  afterAll(async () => {
    const closed = once(server, 'close');
    server.kill();
    await closed;
  });

  const uri = 's3://bucket/models/my model (1)+é';

  it('gives every file of more than a page, and only once', async () => {
    const directory = await resolveModelUri(uri, { environment: environment(endpoint) });
    expect((await readFile(path.join(directory, 'weights.bin'))).equals(weights)).toBe(true);
    for (const index of [0, 999, 1000, 1099]) {
      expect(await readFile(path.join(directory, 'many', `f ${index}.txt`), 'utf8')).toBe(
        String(index),
      );
    }
    expect(await resolveModelUri(uri, { environment: environment(endpoint) })).toBe(directory);
  });

  it('takes keys from ~/.aws, and refuses wrong ones without repeating them', async () => {
    await mkdir(path.join(folder, '.aws'), { recursive: true });
    await writeFile(
      path.join(folder, '.aws', 'credentials'),
      '[team]\naws_access_key_id = AKID\naws_secret_access_key = very-secret\n',
    );
    const profile = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_PROFILE: 'team',
    };
    await resolveModelUri(uri, { environment: environment(endpoint, profile) });
    const wrong = { AWS_SECRET_ACCESS_KEY: 'not-that-secret' };
    const failing = resolveModelUri(uri, { environment: environment(endpoint, wrong) });
    await expect(failing).rejects.toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message: expect.not.stringContaining('not-that-secret') as string,
    });
  });

  it.each([
    ['s3://bucket/nothing', 'MODEL_NOT_FOUND'],
    ['s3://nobody/nothing', 'MODEL_NOT_FOUND'],
    ['s3:bucket', 'MODEL_URI_INVALID'],
  ])('does not find %s', async (missing, code) => {
    const options = { environment: environment(endpoint) };
    await expect(resolveModelUri(missing, options)).rejects.toMatchObject({ code });
  });
});

describe('a double of S3', () => {
  let double: HttpDouble;

  beforeEach(async () => {
    double = await startHttpDouble();
  });

  afterEach(() => double.close());

  /** Answers every listing with `pages`, one after the other and the last again and again. */
  function servePages(...pages: readonly string[]): void {
    let next = 0;
    double.fault = (request, answer) => {
      if (!(request.url ?? '').includes('list-type')) {
        sendFile(request, answer, Buffer.from('flavors: {}\n'));
        return true;
      }
      answer.end(
        `<ListBucketResult>${pages[Math.min(next++, pages.length - 1)]}</ListBucketResult>`,
      );
      return true;
    };
  }

  const file = (key: string, size: number | string): string =>
    `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`;
  const more = (token: string): string =>
    `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`;

  it.each([
    ['a path upwards', [file('m/../evil', 1)]],
    ['a key elsewhere', [file('evil', 1)]],
    ['a size that is none', [file('m/x', '12e3')]],
    ['pages without end', [file('m/MLmodel', 12) + more('again')]],
  ])('with %s is refused', async (_what, pages) => {
    servePages(...pages);
    const failing = resolveModelUri('s3://bucket/m', { environment: environment(double.url) });
    await expect(failing).rejects.toMatchObject({ code: 'MODEL_LISTING_INVALID' });
  });

  it('hears the token of temporary credentials, signed', async () => {
    servePages(file('m/', 0) + file('m/MLmodel', 12) + more('a b+c/='), file('m/&amp;x', 12));
    const temporary = { AWS_SESSION_TOKEN: 'token-of-an-hour' };
    const directory = await resolveModelUri('s3://bucket/m', {
      environment: environment(double.url, temporary),
    });
    expect(await readFile(path.join(directory, '&x'), 'utf8')).toBe('flavors: {}\n');
    const [first, second] = double.requests;
    expect(first?.headers['x-amz-security-token']).toBe('token-of-an-hour');
    expect(first?.headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-security-token/);
    expect(second?.line).toContain('continuation-token=a%20b%2Bc%2F%3D&');
  });

  it('wants credentials', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined };
    const failing = resolveModelUri('s3://b/m', {
      environment: environment(double.url, { ...none, HOME: '/nowhere' }),
    });
    await expect(failing).rejects.toThrow(/AWS_ACCESS_KEY_ID/);
    expect(double.requests).toEqual([]);
  });
});
