/** Every form of URI against a real tracking server, and against the file store that MLflow writes itself. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/backend/load-model.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import { fingerprintModelUri } from '../../src/uri/fingerprint-model-uri.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { referencePython } from '../conformance/reference-python.ts';
import {
  itAsksNoMoreThanMlflow,
  itPredictsTheSameBytes,
  itPredictsTheSameBytesInPython,
  withSettings,
} from './every-form.ts';
import { itFollowsTheRegistry, itNamesWhatIsRegistered } from './served-registry.ts';
import { example, useTracking } from './tracking-fixture.ts';
import { registerModels } from './tracking-server.ts';

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
    const tracking = useTracking();
    const environment = (cache: string, extra?: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
      tracking().environment(cache, extra);

    itPredictsTheSameBytes(tracking);
    // With authentication (basic-auth.test.ts) these run always.
    if (process.env['SLIPWAY_SOAK_SECONDS'] !== undefined) {
      itPredictsTheSameBytesInPython(tracking);
      itAsksNoMoreThanMlflow(tracking);
    }

    it.each([
      ['models:/diabetes/1', { name: 'diabetes', version: '1' }],
      ['models:/diabetes@champion', { name: 'diabetes', version: '1' }],
      ['models:/diabetes/Latest', { name: 'diabetes', version: '2' }],
      ['models:/diabetes/production', { name: 'diabetes', version: '1' }],
      ['runs:/RUN/classic', null],
      ['mlflow-artifacts:/EXPERIMENT/RUN/artifacts/classic', null],
      ['URL/api/2.0/mlflow-artifacts/artifacts/EXPERIMENT/RUN/artifacts/classic', null],
    ])('fetches %s: the same files as the folder that was logged', async (form, registered) => {
      const uri = tracking().expand(form);
      const directory = await resolveModelUri(uri, { environment: environment('forms') });
      expect(await withoutMeta(directory)).toEqual(await contentOf(example));
      expect((await readSavedModel(directory)).registered).toEqual(registered);
    });

    it('fetches a logged model by its id, by its run and by its registered name', async () => {
      const { folder, ids } = tracking();
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
      const { server, ids } = tracking();
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
      await withSettings(environment('scored'), async () => {
        await using fetched = await loadModel('models:/diabetes@champion');
        await using local = await loadModel(example);
        expect(await fetched.predict(rows)).toEqual(await local.predict(rows));
        expect(fetched.model.registered).toEqual({ name: 'diabetes', version: '1' });
      });
    });

    it('knows when an alias, a stage or the latest version leads elsewhere, and fetches nothing for it', async () => {
      const { server, ids } = tracking();
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
      const { server } = tracking();
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
      ['runs:/RUN', /holds no MLmodel file; there is one in runs:\/[0-9a-f]+\/classic(-echo)?$/],
    ])('does not find %s', async (form, message) => {
      const options = { environment: environment('none') };
      await expect(resolveModelUri(tracking().expand(form), options)).rejects.toMatchObject({
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
        const work = await mkdtemp(path.join(tracking().folder, 'store-'));
        const store = path.join(work, 'mlruns');
        const trackingUri = form.replace('FOLDER', work);
        const local = await registerModels(referencePython ?? '', trackingUri, example, work);
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

    itNamesWhatIsRegistered(tracking);
    itFollowsTheRegistry(tracking);

    it('puts the logged model over the folder of the run with the same name', async () => {
      const { folder, ids } = tracking();
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

    it('changes the requirements of a logged model and of a run, not those of a version', async () => {
      const { folder, ids, expand } = tracking();
      const update = (form: string, ...args: readonly string[]): Promise<number> =>
        withSettings(environment('changed'), () =>
          runCli(['update-pip-requirements', '-m', expand(form), ...args]),
        );
      const artifacts = path.join(folder, 'artifacts', ids.experiment);
      for (const [form, ...place] of [
        ['models:/MODEL', 'models', ids.model, 'artifacts'],
        ['runs:/RUN/classic', ids.run, 'artifacts', 'classic'],
      ] as const) {
        expect(await update(form, 'add', 'extra-package==1.2'), form).toBe(0);
        for (const name of ['conda.yaml', 'requirements.txt']) {
          const text = await readFile(path.join(artifacts, ...place, name), 'utf8');
          expect(text).toContain('extra-package==1.2');
        }
      }
      expect(await update('models:/echo/1', 'add', 'extra-package==1.3')).toBe(1);
      expect(await update('models:/MODEL', 'add', 'extra<1', 'extra>2')).toBe(1);
      const refused = path.join(artifacts, 'models', ids.model, 'artifacts', 'requirements.txt');
      expect(await readFile(refused, 'utf8')).not.toMatch(/==1\.3|extra</);
    });
  },
);
