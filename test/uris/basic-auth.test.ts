/**
 * A real tracking server that asks for a name and a password (`--app-name basic-auth`): every form of URI predicts the
 * bytes that the folder predicts, and asks no more of the server than MLflow's own client.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import { resolveModelUri } from '../../src/uri/resolve-model-uri.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { referencePython } from '../conformance/reference-python.ts';
import {
  adminPassword,
  type Registered,
  registerModels,
  startTrackingServer,
  type TrackingServer,
} from './tracking-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const python = referencePython ?? '';
const example = path.join(projectRoot, 'examples/diabetes/model');
const downloader = path.join(projectRoot, 'test/uris/download_each.py');
/** Each Python takes seconds of a core: in `npm run soak`; mlflow-commands.test.ts predicts in Python always. */
const isThorough = process.env['SLIPWAY_SOAK_SECONDS'] !== undefined;
const login = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: adminPassword };

describe.skipIf(referencePython === null)(
  'basic authentication (needs the reference Python)',
  () => {
    let folder = '';
    let server: TrackingServer;
    let ids: Registered;
    let client: ChildProcess;
    let lines: AsyncIterator<string>;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'slipway-auth-'));
      server = await startTrackingServer(python, folder, ['--app-name', 'basic-auth']);
      ids = await registerModels(python, server.url, example, folder, login);
      const env = { ...process.env, ...login, MLFLOW_TRACKING_URI: server.url };
      client = spawn(python, [downloader], { cwd: folder, env, stdio: ['pipe', 'pipe', 'ignore'] });
      if (client.stdout === null) throw new Error('no output');
      lines = createInterface(client.stdout)[Symbol.asyncIterator]();
    }, 180_000);

    afterAll(async () => {
      const closed = once(client, 'close');
      client.stdin?.end();
      await closed;
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const environment = (cache: string, extra: NodeJS.ProcessEnv = login): NodeJS.ProcessEnv => ({
      PATH: process.env['PATH'],
      HOME: folder,
      SLIPWAY_CACHE: path.join(folder, cache),
      MLFLOW_TRACKING_URI: server.url,
      ...extra,
    });

    /** What MLflow's client asks for `uri`. */
    async function askedByMlflow(uri: string): Promise<readonly string[]> {
      await server.requests();
      client.stdin?.write(`${uri}\n`);
      expect((await lines.next()).value).toBe('there');
      return server.requests();
    }

    it.each([
      'models:/diabetes/1',
      'models:/diabetes@champion',
      'models:/diabetes/latest',
      'models:/diabetes/Production',
      'runs:/RUN/classic',
      'mlflow-artifacts:/EXPERIMENT/RUN/artifacts/classic',
      'models:/MODEL',
      'runs:/RUN/model',
      'models:/echo/1',
    ])(
      '%s: no more requests than MLflow, each file once',
      async (form) => {
        const uri = form
          .replace('RUN', ids.run)
          .replace('EXPERIMENT', ids.experiment)
          .replace('MODEL', ids.model);
        const theirs = await askedByMlflow(uri);
        await resolveModelUri(uri, {
          environment: environment('counted', { ...login, SLIPWAY_NO_CACHE: '1' }),
        });
        const ours = await server.requests();
        expect(ours.length).toBeLessThanOrEqual(theirs.length);
        const files = ours.filter((line) => line.includes('/mlflow-artifacts/artifacts/'));
        expect(files.length).toBe(new Set(files).size);
      },
      60_000,
    );

    it('predicts the same bytes from every URI as from the folder, natively and in Python', async () => {
      const input = path.join(example, 'serving_input_example.json');
      const predict = async (uri: string, name: string): Promise<string> => {
        const outputPath = path.join(folder, name);
        const backend = await getFlavorBackend(uri, { environment: { envManager: 'local' } });
        await backend.predict(uri, { inputPath: input, outputPath, contentType: 'json' });
        return readFile(outputPath, 'utf8');
      };
      const before = { ...process.env };
      const extra = { ...login, PATH: `${path.dirname(python)}:${process.env['PATH'] ?? ''}` };
      Object.assign(process.env, environment('predicted', extra));
      try {
        const native = await predict(example, 'expected.json');
        for (const form of [
          'models:/diabetes/1',
          'models:/diabetes@champion',
          'runs:/RUN/classic',
        ]) {
          expect(await predict(form.replace('RUN', ids.run), 'fetched.json'), form).toBe(native);
        }
        if (!isThorough) return;
        const logged = path.join(ids.experiment, 'models', ids.model, 'artifacts');
        const echoed = await predict(path.join(folder, 'artifacts', logged), 'echo.json');
        expect(await predict('models:/echo/1', 'fetched.json')).toBe(echoed);
      } finally {
        process.env = before;
      }
    }, 180_000);

    it('takes name and password from ~/.mlflow/credentials, and says what is missing', async () => {
      const nobody = environment('nobody', {});
      await expect(
        resolveModelUri('models:/diabetes/1', { environment: nobody }),
      ).rejects.toMatchObject({
        code: 'MODEL_ACCESS_DENIED',
        message: expect.stringContaining('MLFLOW_TRACKING_USERNAME') as string,
      });
      await mkdir(path.join(folder, '.mlflow'));
      const text = `[mlflow]\nmlflow_tracking_username = admin\nmlflow_tracking_password = ${adminPassword}\n`;
      await writeFile(path.join(folder, '.mlflow', 'credentials'), text);
      await resolveModelUri('models:/diabetes/1', { environment: nobody });
    });
  },
);
