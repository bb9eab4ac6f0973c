/** Images of native models: built by buildah from what `generate-dockerfile` writes, run by podman, asked, stopped. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { generateDockerfile } from '../../src/backend/generate-dockerfile.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { compareWithServe, requestsOf } from './compare-with-serve.ts';
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

    it('every kept Dockerfile passes the linter', async () => {
      const kept = path.join(projectRoot, 'test/fixtures/dockerfiles');
      const files = readdirSync(kept).map((name) => path.join(kept, name));
      expect(files.length).toBeGreaterThan(8);
      await tools.run(tools.hadolint, files);
    });

    it('XGBoost: the same bytes as slipway serve, as nobody in particular', async () => {
      // A port that the health check can know.
      const env = { PORT: String(await freePort()) };
      const container = runContainer(tools, await build('xgboost', diabetes), { env });
      const differences = await compareWithServe(await container.url, diabetes, requestsOf.xgboost);
      expect(differences).toEqual([]);
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

    it.each([
      ['onnx', writeOnnx],
      ['lightgbm', writeLightgbm],
    ] as const)('%s: the same bytes as slipway serve', async (flavor, write) => {
      const folder = path.join(tools.folder, 'tmp', `${flavor}-model`);
      write(folder);
      const container = runContainer(tools, await build(flavor, folder));
      const differences = await compareWithServe(await container.url, folder, requestsOf[flavor]);
      expect(differences).toEqual([]);
      expect(await container.stop()).toBe(0);
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

async function ask(url: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
  return answer.text();
}
