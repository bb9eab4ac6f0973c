/** Images of native models: built by buildah from what `generate-dockerfile` writes, run by podman, asked, stopped. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { generateDockerfile } from '../../src/backend/generate-dockerfile.ts';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { containersMissing, type ContainerTools, startContainerTools } from './container-tools.ts';
import { writeLightgbm, writeOnnx } from './recorded-models.ts';
import { freePort, runContainer } from './run-container.ts';

const diabetes = path.join(projectRoot, 'examples/diabetes/model');
const example = readFileSync(path.join(diabetes, 'serving_input_example.json'), 'utf8');

describe.skipIf(containersMissing !== null)(
  `images of native models (need ${containersMissing ?? 'nothing more'})`,
  { timeout: 120_000 },
  () => {
    let tools: ContainerTools;
    beforeAll(async () => {
      tools = await startContainerTools();
    }, 300_000);
    afterAll(() => tools.close(), 60_000);

    /** Generates and builds; gives the name of the image. */
    async function build(
      name: string,
      model: string | null,
      options: RecipeOptions = {},
    ): Promise<string> {
      const directory = path.join(tools.folder, 'tmp', name);
      const backend = resolveBackendOptions({ runtime: 'native' });
      await generateDockerfile(model, directory, backend, options);
      await tools.run(tools.hadolint, [path.join(directory, 'Dockerfile')]);
      // Docker's format keeps the health check.
      await tools.run('buildah', ['bud', '-q', '--format', 'docker', '-t', name, directory]);
      return name;
    }

    it('XGBoost: the same bytes as slipway serve, as nobody in particular', async () => {
      // A port that the health check can know.
      const env = { PORT: String(await freePort()) };
      const container = runContainer(tools, await build('xgboost', diabetes), { env });
      const backend = await getFlavorBackend(diabetes, { runtime: 'native' });
      const local = await backend.serve(diabetes, {
        port: 0,
        host: '127.0.0.1',
        synchronous: false,
        stdout: 'ignore',
      });
      const url = await container.url;
      const { url: localUrl } = await local.ready;
      for (const { path: place, init } of requests) {
        const [ours, theirs] = await Promise.all(
          [url, localUrl].map(async (base) => describeAnswer(await fetch(base + place, init))),
        );
        expect(ours).toEqual(theirs);
        expect(ours?.[0]).toBeLessThan(500);
      }
      await local.terminate();
      const { stdout } = await tools.run('podman', [
        'exec',
        container.name,
        'node',
        '-e',
        'console.log(process.getuid(), process.getgid(), process.pid === 1)',
      ]);
      expect(stdout).toBe('65532 65532 false\n');
      await tools.run('podman', ['healthcheck', 'run', container.name]);
      expect(await container.stop()).toBe(0);
    });

    it('ONNX and LightGBM: answer what the command does', async () => {
      const models = { onnx: writeOnnx, lightgbm: writeLightgbm };
      for (const [name, write] of Object.entries(models)) {
        const folder = path.join(tools.folder, 'tmp', `${name}-model`);
        write(folder);
        const container = runContainer(tools, await build(name, folder));
        const answer = await ask(await container.url, bodies[name] ?? '');
        expect(answer).toMatch(/^\{"predictions": /);
        expect(await container.stop()).toBe(0);
      }
    });

    it('without a model: SageMaker mounts one, says serve and which port', async () => {
      const image = await build('mounted', null);
      const options = ['--volume', `${diabetes}:/opt/ml/model:ro`];
      const env = { PORT: '1', SAGEMAKER_BIND_TO_PORT: '0', MLFLOW_MODELS_WORKERS: '2' };
      const container = runContainer(tools, image, { args: ['serve'], env, options });
      expect(await ask(await container.url, example)).toMatch(/^\{"predictions": \[/);
      expect(await container.stop()).toBe(0);

      const train = runContainer(tools, image, { args: ['train'] });
      expect(await train.ended).toBe(1);
      expect(train.output()).toMatch(/^slipway: train: .*\n$/);

      const empty = runContainer(tools, image);
      expect(await empty.ended).toBe(1);
      expect(empty.output()).toMatch(/^slipway: .*\/opt\/ml\/model.*\[MODEL_NOT_FOUND\]\n$/);
    });

    it('as MLServer: gRPC too, and a model elsewhere', async () => {
      const image = await build('mlserver', diabetes, { enableMlserver: true });
      const container = runContainer(tools, image, {
        args: ['--grpc-port', '0'],
        env: {
          MLSERVER_MODEL_URI: '/mnt/models',
          MLSERVER_MODEL_NAME: 'm',
          MLSERVER_HTTP_PORT: '0',
        },
        options: ['--volume', `${diabetes}:/mnt/models:ro`],
      });
      const url = await container.url;
      expect(container.output()).toMatch(/Serving \/mnt\/models .*, gRPC at port \d+/);
      expect((await fetch(`${url}/v2/models/m/ready`)).status).toBe(200);
      expect(await container.stop()).toBe(0);
    });
  },
);

const json = { 'content-type': 'application/json' };
const parquet = (
  JSON.parse(
    readFileSync(path.join(projectRoot, 'test/fixtures/parquet/cases.json'), 'utf8'),
  ) as readonly { body: string }[]
)[0]?.body;

const requests: readonly { readonly path: string; readonly init?: RequestInit }[] = [
  { path: '/ping' },
  { path: '/health' },
  { path: '/version' },
  { path: '/v2/health/ready' },
  { path: '/v2/models/mlflow-model' },
  { path: '/invocations', init: { method: 'POST', headers: json, body: example } },
  { path: '/invocations', init: { method: 'POST', headers: json, body: '{"inputs": 1' } },
  // Read by a thread that has a file of its own.
  {
    path: '/invocations',
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.apache.parquet' },
      body: Buffer.from(parquet ?? '', 'base64'),
    },
  },
];

/** Inputs of the models by their names. */
const bodies: Readonly<Record<string, string>> = {
  onnx: '{"dataframe_split": {"columns": ["c0"], "data": [[1.5], [2.5]]}}',
  lightgbm: '{"inputs": [[0.5, 1.0, 0.25, 1.5, -1.0]]}',
};

async function ask(url: string, body: string): Promise<string> {
  const answer = await fetch(`${url}/invocations`, { method: 'POST', headers: json, body });
  return answer.text();
}

async function describeAnswer(answer: Response): Promise<readonly unknown[]> {
  return [answer.status, answer.headers.get('content-type'), await answer.text()];
}
