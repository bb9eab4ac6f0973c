/**
 * Databricks and Unity Catalog, of which there is no emulator: a double that answers as Databricks' REST reference and the
 * protocol definitions of MLflow 3.17.2 say. It refuses whatever they don't.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, mlmodel, useCredentialDouble } from './credential-setup.ts';
import { sendFile, sendJson } from './http-double.ts';

const setup = useCredentialDouble();
const weights = Buffer.from('weights of the model');
const files = new Map([
  ['MLmodel', mlmodel],
  ['data/model.bin', weights],
]);

type Query = Readonly<Record<string, unknown>>;

async function jsonOf(request: IncomingMessage): Promise<Query> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as Query;
}

/** A route that only the token lets in; `work` gets the query, or the body of a POST. */
function route(
  method: string,
  pathname: string,
  work: (given: Query, answer: ServerResponse) => unknown,
  token = 'dapi-mine',
): void {
  setup.answerAt(pathname, async (request, answer) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      answer.statusCode = 403;
      return sendJson(answer, { error_code: 'PERMISSION_DENIED', message: 'who are you?' });
    }
    expect(request.method).toBe(method);
    const url = new URL(request.url ?? '', setup.double.url);
    const given = method === 'POST' ? await jsonOf(request) : Object.fromEntries(url.searchParams);
    const made = work(given, answer);
    return made === undefined ? undefined : sendJson(answer, made);
  });
}

/** Signed addresses, which must hear their header and nothing of who we are. */
function serveSigned(): void {
  setup.answerAt('/signed/', (request, answer) => {
    expect(request.headers.authorization).toBeUndefined();
    expect(request.headers['x-signed']).toBe('yes');
    const name = decodeURIComponent(
      (request.url ?? '').replace('/signed/', '').split('?')[0] ?? '',
    );
    sendFile(request, answer, files.get(name) ?? Buffer.alloc(0));
  });
}

/** The cloud is another host to the client: `localhost` in place of the address. */
function signed(name: string): Query {
  const host = setup.double.url.replace('127.0.0.1', 'localhost');
  const headers = [{ name: 'X-Signed', value: 'yes' }];
  return { signed_uri: `${host}/signed/${encodeURIComponent(name)}?sig=hush`, headers };
}

/** Entries of a folder, paths from `root` on. */
function entriesIn(root: string, folder: string): readonly Query[] {
  const inside = folder.slice(root.length).replace(/^\//, '');
  return inside === ''
    ? [
        { path: join(root, 'MLmodel'), is_dir: false, file_size: mlmodel.length },
        { path: join(root, 'data'), is_dir: true },
      ]
    : [{ path: join(root, 'data/model.bin'), is_dir: false, file_size: String(weights.length) }];
}

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('/');

async function expectWhole(directory: string): Promise<void> {
  expect(await readFile(path.join(directory, 'data/model.bin'))).toEqual(weights);
  expect(await readFile(path.join(directory, 'MLmodel'))).toEqual(mlmodel);
}

const workspace = (): NodeJS.ProcessEnv => ({
  MLFLOW_TRACKING_URI: 'databricks',
  DATABRICKS_HOST: setup.double.url,
  DATABRICKS_TOKEN: 'dapi-mine',
});

const api = '/api/2.0/mlflow';

describe('the registry of a workspace (double)', () => {
  beforeEach(() => {
    serveSigned();
    route('GET', `${api}/registered-models/alias`, ({ name, alias }) => {
      expect([name, alias]).toEqual(['fraud', 'champion']);
      return { model_version: { name, version: '3' } };
    });
    route('GET', `${api}/model-versions/list-artifacts`, (given) => {
      expect([given['name'], given['version']]).toEqual(['fraud', '3']);
      const [first, ...rest] = entriesIn('', String(given['path']));
      if (rest.length === 0) return { files: [first] };
      return given['page_token'] === 'more'
        ? { files: rest }
        : { files: [first], next_page_token: 'more' };
    });
    route('GET', `${api}/model-versions/get-signed-download-uri`, ({ path: name }) =>
      signed(String(name)),
    );
  });

  it('lists on pages and signs addresses', async () => {
    await expectWhole(await setup.resolve('models:/fraud@champion', workspace()));
  });

  it('of a profile of ~/.databrickscfg', async () => {
    await setup.write(
      '.databrickscfg',
      `[DEFAULT]\nhost = https://elsewhere\ntoken = other\n[team]\nhost = ${setup.double.url}/\ntoken = dapi-mine\n`,
    );
    const extra = { MLFLOW_TRACKING_URI: 'databricks://team' };
    await expectWhole(await setup.resolve('models:/fraud/3', extra));
    const byVariable = { MLFLOW_TRACKING_URI: 'databricks', DATABRICKS_CONFIG_PROFILE: 'team' };
    await expectWhole(await setup.resolve('models:/fraud/3', byVariable));
    const inUri = { MLFLOW_TRACKING_URI: 'http://127.0.0.1:1' };
    await expectWhole(await setup.resolve('models://team@databricks/fraud/3', inUri));
  });

  it('asked by a service principal', async () => {
    setup.answerAt('/oidc/v1/token', async (request, answer) => {
      expect(Object.fromEntries(await bodyOf(request))).toEqual({
        grant_type: 'client_credentials',
        scope: 'all-apis',
        client_id: 'me',
        client_secret: 'hush',
      });
      sendJson(answer, { access_token: 'dapi-mine', expires_in: 3600 });
    });
    const principal = { DATABRICKS_CLIENT_ID: 'me', DATABRICKS_CLIENT_SECRET: 'hush' };
    const extra = { ...workspace(), DATABRICKS_TOKEN: '', ...principal };
    await expectWhole(await setup.resolve('models:/fraud/3', extra));
  });

  it('says what is missing', async () => {
    const nothing = { MLFLOW_TRACKING_URI: 'databricks' };
    await expect(setup.resolve('models:/fraud/3', nothing)).rejects.toThrow(/DATABRICKS_HOST/);
    const nobody = { ...workspace(), DATABRICKS_TOKEN: '' };
    await expect(setup.resolve('models:/fraud/3', nobody)).rejects.toThrow(/DATABRICKS_TOKEN/);
    const wrong = { ...workspace(), DATABRICKS_TOKEN: 'dapi-wrong' };
    await expect(setup.resolve('models:/fraud/3', wrong)).rejects.toMatchObject({
      code: 'MODEL_ACCESS_DENIED',
      message: expect.not.stringContaining('dapi-wrong') as string,
    });
    const scope = { MLFLOW_TRACKING_URI: 'databricks://scope:prefix' };
    await expect(setup.resolve('models:/fraud/3', scope)).rejects.toThrow(/secret scope/);
  });
});

describe('runs and logged models of a workspace (double)', () => {
  const root = 'databricks/mlflow-tracking/9';

  it('are fetched by signed addresses', async () => {
    serveSigned();
    route('GET', `${api}/runs/get`, () => ({
      run: { info: { artifact_uri: `dbfs:/${root}/r1/artifacts`, experiment_id: '9' } },
    }));
    route('POST', `${api}/logged-models/search`, () => ({
      models: [{ info: { source_run_id: 'r1', model_id: 'm-1' } }],
    }));
    route('GET', `${api}/artifacts/list`, ({ run_id: run }) => {
      expect(run).toBe('r1');
      return {};
    });
    route('GET', `${api}/logged-models/m-1`, () => ({
      model: { info: { artifact_uri: `dbfs:/${root}/logged_models/m-1/artifacts/` } },
    }));
    const artifacts = `${api}/logged-models/m-1/artifacts`;
    route('GET', `${artifacts}/directories`, (given) => ({
      files: entriesIn('', (given['artifact_directory_path'] ?? '') as string),
    }));
    route('POST', `${artifacts}/credentials-for-download`, ({ paths }) => ({
      credentials: [{ credential_info: signed(String(paths)) }],
    }));
    await expectWhole(await setup.resolve('runs:/r1/model', workspace()));
    await expectWhole(await setup.resolve('models:/m-1', workspace()));
  });

  it('of MLflow 2 stand in the run', async () => {
    serveSigned();
    route('GET', `${api}/artifacts/list`, ({ path: folder }) => ({
      files: entriesIn('model', String(folder)),
    }));
    route('POST', `${api}/artifacts/credentials-for-read`, ({ path: names }) => ({
      credential_infos: [signed(String(names).replace('model/', ''))],
    }));
    await expectWhole(await setup.resolve(`dbfs:/${root}/r1/artifacts/model`, workspace()));
  });
});

describe('file systems of a workspace (double)', () => {
  it('dbfs:/ is listed and read', async () => {
    route('GET', '/api/2.0/dbfs/list', ({ path: folder }) => ({
      files: entriesIn('/models/m', String(folder)),
    }));
    route('GET', '/dbfs/models/m/', () => undefined);
    setup.answerAt('/dbfs/models/m/', (request, answer) => {
      const name = (request.url ?? '').replace('/dbfs/models/m/', '');
      sendFile(request, answer, files.get(name) ?? Buffer.alloc(0));
    });
    await expectWhole(await setup.resolve('dbfs:/models/m', workspace()));
  });

  it('volumes of Unity Catalog are read by the Files interface', async () => {
    const root = 'Volumes/main/ml/store/m';
    setup.answerAt(`/api/2.0/fs/directories/${root}`, (request, answer) => {
      const folder = (request.url ?? '').replace('/api/2.0/fs/directories', '');
      const contents = entriesIn(`/${root}`, folder).map(({ is_dir: isFolder, ...entry }) => ({
        ...entry,
        is_directory: isFolder,
      }));
      sendJson(answer, { contents });
    });
    setup.answerAt(`/api/2.0/fs/files/${root}/`, (request, answer) => {
      const name = (request.url ?? '').replace(`/api/2.0/fs/files/${root}/`, '');
      sendFile(request, answer, files.get(name) ?? Buffer.alloc(0));
    });
    await expectWhole(await setup.resolve(`dbfs:/${root}`, workspace()));
  });
});

describe('Unity Catalog (double)', () => {
  const uc = `${api}/unity-catalog`;
  let credentials: Query = {};

  beforeEach(() => {
    route('GET', `${uc}/registered-models/alias`, ({ name, alias }) => {
      expect([name, alias]).toEqual(['main.ml.fraud', 'champion']);
      return { model_version: { name, version: '3' } };
    });
    route('POST', `${uc}/model-versions/generate-temporary-credentials`, (given) => {
      const operation = 'MODEL_VERSION_OPERATION_READ';
      expect(given).toEqual({ name: 'main.ml.fraud', version: '3', operation });
      return { credentials };
    });
  });

  const extra = (): NodeJS.ProcessEnv => ({
    ...workspace(),
    MLFLOW_REGISTRY_URI: 'databricks-uc',
    MLFLOW_S3_ENDPOINT_URL: setup.double.url,
    API_ENDPOINT_OVERRIDE: setup.double.url,
  });

  const storedAt = (uri: string): void =>
    route('GET', `${uc}/model-versions/get-download-uri`, () => ({ artifact_uri: uri }));

  it('gives keys of S3 for a while', async () => {
    credentials = {
      aws_temp_credentials: { access_key_id: 'ASIA', secret_access_key: 's', session_token: 't' },
      expiration_time: Date.now() + 3_600_000,
    };
    storedAt('s3://bucket/m');
    setup.answerAt('/bucket', (request, answer) => {
      expect(request.headers.authorization).toContain('Credential=ASIA/');
      expect(request.headers['x-amz-security-token']).toBe('t');
      const url = new URL(request.url ?? '', setup.double.url);
      if (!url.searchParams.has('list-type')) {
        return sendFile(request, answer, files.get(url.pathname.slice(10)) ?? Buffer.alloc(0));
      }
      const contents = Array.from(
        files,
        ([name, { length }]) => `<Contents><Key>m/${name}</Key><Size>${length}</Size></Contents>`,
      );
      return void answer.end(`<ListBucketResult>${contents.join('')}</ListBucketResult>`);
    });
    await expectWhole(await setup.resolve('models:/main.ml.fraud@champion', extra()));
  });

  it('gives tokens of Google', async () => {
    credentials = { gcp_oauth_token: { oauth_token: 'ya29' } };
    storedAt('gs://bucket/m');
    setup.answerAt('/storage/v1/b/bucket/o', (request, answer) => {
      expect(request.headers.authorization).toBe('Bearer ya29');
      const url = new URL(request.url ?? '', setup.double.url);
      const name = decodeURIComponent(url.pathname.split('/o/')[1] ?? '').replace('m/', '');
      if (name !== '') return sendFile(request, answer, files.get(name) ?? Buffer.alloc(0));
      const items = Array.from(files, ([key, { length }]) => ({
        name: `m/${key}`,
        size: String(length),
        generation: '1',
      }));
      return sendJson(answer, { items });
    });
    await expectWhole(await setup.resolve('models:/main.ml.fraud/3', extra()));
  });

  it('signs addresses of its own storage', async () => {
    credentials = { storage_mode: 'DEFAULT_STORAGE' };
    serveSigned();
    const root = 'Models/main/ml/fraud/3';
    setup.answerAt(`/api/2.0/fs/directories/${root}`, (request, answer) => {
      const folder = (request.url ?? '').replace('/api/2.0/fs/directories', '');
      const contents = entriesIn(`/${root}`, folder).map((entry) => ({
        ...entry,
        is_directory: entry['is_dir'],
      }));
      sendJson(answer, { contents });
    });
    route('POST', '/api/2.0/fs/create-download-url', ({ path: name }) => {
      const { signed_uri: url, headers } = signed(String(name).replace(`/${root}/`, ''));
      return { url, headers };
    });
    await expectWhole(await setup.resolve('models:/main.ml.fraud/3', extra()));
  });

  it('has neither stages nor short names', async () => {
    await expect(setup.resolve('models:/main.ml.fraud/latest', extra())).rejects.toThrow(
      /name a version or an alias/,
    );
    await expect(setup.resolve('models:/fraud/3', extra())).rejects.toThrow(/three parts/);
    await expect(
      setup.resolve('models:/a.b.c/1', { MLFLOW_TRACKING_URI: 'uc:http://127.0.0.1:8080' }),
    ).rejects.toMatchObject({ code: 'MODEL_URI_UNSUPPORTED' });
  });
});
