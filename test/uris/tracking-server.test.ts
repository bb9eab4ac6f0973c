/** Every form of URI against a real tracking server, and against the file store that MLflow writes itself. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadModel } from '../../src/backend/load-model.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import { fingerprintModelUri } from '../../src/uri/fingerprint-model-uri.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';
import {
  type Registered,
  registerModels,
  startTrackingServer,
  type TrackingServer,
} from './tracking-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const python = referencePython ?? '';
const example = path.join(projectRoot, 'examples/diabetes/model');
let folder = '';
let server: TrackingServer;
let ids: Registered;

async function contentOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((e) => path.join(e.parentPath, e.name));
  const contents = files.map(async (file) => [
    path.relative(directory, file),
    (await readFile(file)).toString('base64'),
  ]);
  return Object.fromEntries(await Promise.all(contents)) as Readonly<Record<string, string>>;
}

const metaName = 'registered_model_meta';

async function withoutMeta(directory: string): Promise<Readonly<Record<string, string>>> {
  const { [metaName]: _, ...content } = await contentOf(directory);
  return content;
}

describe.skipIf(referencePython === null)(
  'a real tracking server (needs the reference Python)',
  { timeout: 60_000 },
  () => {
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'slipway-tracking-'));
      server = await startTrackingServer(python, folder);
      ids = await registerModels(python, server.url, example, folder);
      await server.requests();
    }, 180_000);

    afterAll(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const environment = (cache: string, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
      PATH: process.env['PATH'],
      HOME: folder,
      SLIPWAY_CACHE: path.join(folder, cache),
      MLFLOW_TRACKING_URI: server.url,
      ...extra,
    });

    it.each([
      ['models:/diabetes/1', { name: 'diabetes', version: '1' }],
      ['models:/diabetes@champion', { name: 'diabetes', version: '1' }],
      ['models:/diabetes/Latest', { name: 'diabetes', version: '2' }],
      ['models:/diabetes/production', { name: 'diabetes', version: '1' }],
      ['runs:/RUN/classic', null],
      ['mlflow-artifacts:/EXPERIMENT/RUN/artifacts/classic', null],
      ['URL/api/2.0/mlflow-artifacts/artifacts/EXPERIMENT/RUN/artifacts/classic', null],
    ])('fetches %s: the same files as the folder that was logged', async (form, registered) => {
      const uri = form
        .replace('RUN', ids.run)
        .replace('EXPERIMENT', ids.experiment)
        .replace('URL', server.url);
      const directory = await resolveModelUri(uri, { environment: environment('forms') });
      expect(await withoutMeta(directory)).toEqual(await contentOf(example));
      expect((await readSavedModel(directory)).registered).toEqual(registered);
    });

    it('fetches a logged model by its id, by its run and by its registered name', async () => {
      const written = path.join(
        folder,
        'artifacts',
        ids.experiment,
        'models',
        ids.model,
        'artifacts',
      );
      const registered: unknown[] = [];
      for (const uri of [`models:/${ids.model}`, `runs:/${ids.run}/model`, 'models:/echo/1']) {
        const directory = await resolveModelUri(uri, { environment: environment('logged') });
        expect(await withoutMeta(directory), uri).toEqual(await contentOf(written));
        registered.push((await readSavedModel(directory)).registered);
      }
      const unnamed = { name: null, version: null };
      expect(registered).toEqual([unnamed, unnamed, { name: 'echo', version: '1' }]);
    });

    it('asks in the order of MLflow, and for each file once; later only what may have changed', async () => {
      const options = { environment: environment('order') };
      await server.requests();
      await resolveModelUri('models:/diabetes@champion', options);
      const asked = await server.requests();
      const api = '/api/2.0/mlflow';
      expect(asked.slice(0, 4)).toEqual([
        `GET ${api}/registered-models/alias?name=diabetes&alias=champion`,
        `GET ${api}/registered-models/get?name=diabetes`,
        `GET ${api}/model-versions/get-download-uri?name=diabetes&version=1`,
        `GET ${api}-artifacts/artifacts?path=${encodeURIComponent(`${ids.experiment}/${ids.run}/artifacts/classic`)}`,
      ]);
      const fetched = asked.slice(4).map((line) => line.split('/').at(-1));
      expect(fetched[0]).toBe('MLmodel');

      await resolveModelUri('models:/diabetes@champion', options);
      expect(await server.requests()).toEqual(asked.slice(0, 5));
    });

    it('scores what it fetched as it scores the folder', async () => {
      const text = await readFile(path.join(example, 'serving_input_example.json'), 'utf8');
      const { dataframe_split: table } = JSON.parse(text) as {
        dataframe_split: { columns: string[]; data: number[][] };
      };
      const rows = table.data.map((row) =>
        Object.fromEntries(row.map((value, index) => [table.columns[index] ?? '', value])),
      );
      process.env['MLFLOW_TRACKING_URI'] = server.url;
      process.env['SLIPWAY_CACHE'] = path.join(folder, 'scored');
      try {
        await using fetched = await loadModel('models:/diabetes@champion');
        await using local = await loadModel(example);
        expect(await fetched.predict(rows)).toEqual(await local.predict(rows));
        expect(fetched.model.registered).toEqual({ name: 'diabetes', version: '1' });
      } finally {
        delete process.env['MLFLOW_TRACKING_URI'];
        delete process.env['SLIPWAY_CACHE'];
      }
    });

    it('knows when an alias, a stage or the latest version leads elsewhere, and fetches nothing for it', async () => {
      const options = { environment: environment('watched') };
      const uris = ['models:/diabetes@moving', 'models:/moving/latest', 'models:/diabetes/1'];
      const api = `${server.url}/api/2.0/mlflow`;
      const post = async (route: string, body: object): Promise<void> => {
        const answer = await fetch(`${api}/${route}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        });
        expect(answer.status).toBe(200);
      };
      const source = `${ids.root}/classic`;
      await post('registered-models/create', { name: 'moving' });
      await post('model-versions/create', { name: 'moving', source, run_id: ids.run });
      await post('registered-models/alias', { name: 'diabetes', alias: 'moving', version: '1' });
      const ask = (): Promise<readonly string[]> =>
        Promise.all(uris.map((uri) => fingerprintModelUri(uri, options)));
      const before = await ask();
      expect(await ask()).toEqual(before);
      await server.requests();
      await post('model-versions/create', { name: 'moving', source, run_id: ids.run });
      await post('registered-models/alias', { name: 'diabetes', alias: 'moving', version: '2' });
      const after = await ask();
      expect(after.map((text, index) => text === before[index])).toEqual([false, false, true]);
      const asked = await server.requests();
      expect(asked.filter((line) => line.includes('mlflow-artifacts'))).toEqual([]);
      await post('registered-models/alias', { name: 'diabetes', alias: 'moving', version: '1' });
      expect((await ask())[0]).toBe(before[0]);
    });

    it('writes registered_model_meta as MLflow does', async () => {
      const directory = await resolveModelUri('models:/diabetes/2', {
        environment: environment('meta'),
      });
      const text = await readFile(path.join(directory, metaName), 'utf8');
      expect(text).toBe("model_name: diabetes\nmodel_version: '2'\n");
    });

    it('works offline from the cache, and says so where it cannot', async () => {
      const options = { environment: environment('offline') };
      const fetched = await resolveModelUri('models:/diabetes@champion', options);
      await server.requests();
      const offline = { ...options, offline: true };
      expect(await resolveModelUri('models:/diabetes@champion', offline)).toBe(fetched);
      await expect(resolveModelUri('models:/diabetes/2', offline)).rejects.toMatchObject({
        code: 'MODEL_NOT_CACHED',
      });
      expect(await server.requests()).toEqual([]);
    });

    it.each([
      ['models:/nobody/1', /nobody not found/],
      ['models:/diabetes/9', /version=9/],
      ['models:/diabetes@loser', /alias loser not found/],
      ['models:/empty/latest', /No versions of model with name 'empty' found/],
      ['models:/diabetes/Staging', /'diabetes' and stage 'Staging'/],
      ['models:/m-0000', /m-0000/],
      ['runs:/RUN/nothing', /no such artifact/],
      ['runs:/RUN', /holds no MLmodel file; there is one in runs:\/[0-9a-f]+\/classic$/],
    ])('does not find %s', async (form, message) => {
      const options = { environment: environment('none') };
      await expect(resolveModelUri(form.replace('RUN', ids.run), options)).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: expect.stringMatching(message) as string,
      });
    });

    it.each([
      ['file', 'file://FOLDER/mlruns'],
      ['SQLite', 'sqlite:///FOLDER/mlflow.db'],
    ])(
      'reads a %s store without a server',
      async (_name, form) => {
        const work = await mkdtemp(path.join(folder, 'store-'));
        const store = path.join(work, 'mlruns');
        const trackingUri = form.replace('FOLDER', work);
        const local = await registerModels(python, trackingUri, example, work);
        const options = { environment: environment('local', { MLFLOW_TRACKING_URI: trackingUri }) };
        for (const uri of [
          'models:/diabetes/1',
          'models:/diabetes@champion',
          'models:/diabetes/latest',
          'models:/diabetes/PRODUCTION',
          `runs:/${local.run}/classic`,
        ]) {
          const directory = await resolveModelUri(uri, options);
          expect(await withoutMeta(directory), uri).toEqual(await contentOf(example));
        }
        for (const uri of [
          `models:/${local.model}`,
          `runs:/${local.run}/model`,
          'models:/echo/1',
        ]) {
          const directory = await resolveModelUri(uri, options);
          expect(directory, uri).toBe(
            path.join(store, local.experiment, 'models', local.model, 'artifacts'),
          );
        }
        for (const uri of ['models:/diabetes@x', 'models:/diabetes/9', 'models:/empty/latest']) {
          const failing = resolveModelUri(uri, options);
          await expect(failing, uri).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
        }
        await expect(resolveModelUri('models:/../1', options)).rejects.toMatchObject({
          code: expect.stringMatching(/MODEL_URI_INVALID|MODEL_NOT_FOUND/) as string,
        });
      },
      180_000,
    );

    it('puts the logged model over the folder of the run with the same name', async () => {
      const own = path.join(folder, 'artifacts', ids.experiment, ids.run, 'artifacts', 'model');
      await cp(example, own, { recursive: true });
      try {
        const directory = await resolveModelUri(`runs:/${ids.run}/model`, {
          environment: environment('both'),
        });
        const logged = path.join(
          folder,
          'artifacts',
          ids.experiment,
          'models',
          ids.model,
          'artifacts',
        );
        expect(await withoutMeta(directory)).toEqual({
          ...(await contentOf(example)),
          ...(await contentOf(logged)),
        });
      } finally {
        await rm(own, { recursive: true });
      }
    });
  },
);
