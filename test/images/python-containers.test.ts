/** Images of Python models by both ways of building: run, their recorded answers compared; nothing left of secrets. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { generateDockerfile } from '../../src/backend/generate-dockerfile.ts';
import { buildImage } from '../../src/backend/build-image.ts';
import type { ImageBuilder } from '../../src/contract/build-image.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { readImage } from '../../src/image/read-image.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { type CorpusModel, outerCorpora, readCorpus } from '../conformance/corpus.ts';
import {
  containersMissing,
  type ContainerTools,
  type Output,
  startContainerTools,
} from './container-tools.ts';
import { startPrivateIndex } from './private-index.ts';
import { replayAt } from './replay-container.ts';
import { runContainer } from './run-container.ts';
import { searchImage } from './search-image.ts';
import { startWheelCache, type WheelCache } from './wheel-cache.ts';

const ownCorpus = path.join(projectRoot, 'test/fixtures/python-corpus');

/** Pattern of the names of models of a corpus beside the project, if there is one: each takes minutes. Default: one of them. */
const more = process.env['SLIPWAY_IMAGE_MODELS'];

describe.skipIf(containersMissing !== null)(
  `images of Python models (need ${containersMissing ?? 'nothing more'})`,
  { timeout: 600_000 },
  () => {
    let tools: ContainerTools;
    let wheels: WheelCache;
    const before = { ...process.env };
    beforeAll(async () => {
      tools = await startContainerTools('python');
      wheels = await startWheelCache(path.join(path.dirname(tools.hadolint), 'python'));
      Object.assign(process.env, tools.environment, {
        PIP_INDEX_URL: wheels.url,
        SLIPWAY_CACHE: path.join(tools.folder, 'cache'),
        SLIPWAY_REGISTRY_MIRRORS: `docker.io=${tools.registry}`,
      });
    }, 600_000);
    afterAll(async () => {
      process.env = before;
      await wheels.close();
      tools.close();
    }, 60_000);

    async function build(
      name: string,
      model: string,
      args: readonly string[],
      options: RecipeOptions = {},
    ): Promise<Output> {
      const directory = path.join(tools.folder, 'tmp', name);
      const backend = resolveBackendOptions({ runtime: 'python' });
      await generateDockerfile(model, directory, backend, options);
      await tools.run(tools.hadolint, [path.join(directory, 'Dockerfile')]);
      return tools.run('buildah', ['bud', '--network=host', ...args, '-t', name, directory]);
    }

    /** Builds an image; gives the name under which podman has it. */
    const builders = {
      async buildah(name: string, model: string): Promise<string> {
        await build(name, model, ['--build-arg', `PIP_INDEX_URL=${wheels.url}`]);
        return name;
      },
      async oci(name: string, model: string): Promise<string> {
        const archive = path.join(tools.folder, 'tmp', `${name}.tar`);
        const { builder } = await buildImage(model, resolveBackendOptions({ runtime: 'python' }), {
          imageName: `localhost/${name}:1`,
          recipe: {},
          build: { builder: 'oci', output: `tar:${archive}` },
        });
        expect(builder).toBe('oci');
        await validateImage(await readImage(archive));
        await tools.run('podman', ['load', '-q', '-i', archive]);
        return `localhost/${name}:1`;
      },
    } satisfies Partial<Record<ImageBuilder, (name: string, model: string) => Promise<string>>>;

    async function replayImage(
      recorded: CorpusModel,
      builder: keyof typeof builders,
    ): Promise<void> {
      const name = `${recorded.name.replaceAll('_', '-')}-${builder}`;
      const image = await builders[builder](name, recorded.directory);
      const container = runContainer(tools, image);
      expect(await replayAt(await container.url, recorded)).toEqual([]);
      const whoami = ['-c', 'import os; print(os.getuid(), os.access("/", os.W_OK))'];
      const { stdout } = await tools.run('podman', ['exec', container.name, 'python3', ...whoami]);
      expect(stdout).toBe('65532 False\n');
      expect(await container.stop()).toBe(0);
    }

    // Both at once: each waits for the index and for the disk for half of its time.
    const both = Object.keys(builders) as readonly (keyof typeof builders)[];
    it.concurrent.each(both)(
      'a model of plain Python answers as it did in MLflow: %s',
      async (builder) => {
        const [recorded] = readCorpus(ownCorpus);
        expect(recorded?.cases.length).toBeGreaterThan(40);
        await replayImage(recorded!, builder);
      },
    );

    const chosen = outerCorpora
      .flatMap(readCorpus)
      .filter(({ name }) => new RegExp(more ?? '^pf_params$').test(name));
    describe.skipIf(chosen.length === 0)(
      'of the corpus beside the project',
      { timeout: 1_200_000 },
      () => {
        const rows = chosen.flatMap((model) =>
          both.map((builder) => [model.name, builder, model] as const),
        );
        it.concurrent.each(rows)('%s answers as it did in MLflow: %s', (_name, builder, recorded) =>
          replayImage(recorded, builder),
        );
      },
    );

    it.skipIf(more === undefined)(
      'Java is installed from Debian (needs SLIPWAY_IMAGE_MODELS)',
      async () => {
        const folder = path.join(tools.folder, 'tmp', 'java-model');
        await writeModel(folder, "six\nmlflow; python_version < '3'\n");
        await build('java', folder, [], { installJava: true });
        const { stdout } = await tools.run('podman', [
          'run',
          '--rm',
          '--entrypoint=["java","--version"]',
          'java',
        ]);
        expect(stdout).toMatch(/^openjdk \d+/);
      },
    );

    const password = 'pa55-of-the-index';

    const sbomOf = (name: string): string => path.join(tools.folder, 'tmp', `${name}.sbom.json`);

    /** Builds with the index that asks for the password; gives everything that was printed. */
    type SecretBuild = (model: string, name: string, port: number) => Promise<string>;

    const secretBuilds: Readonly<Record<string, SecretBuild>> = {
      'pip-conf': async (model, name, port) => {
        const settings = `[global]\nindex-url = http://builder:${password}@127.0.0.1:${port}/simple\n`;
        const secret = await writeSecret(model, 'pip.conf', settings);
        const { stdout, stderr } = await build(name, model, secret, { envManager: 'virtualenv' });
        return stdout + stderr;
      },
      netrc: async (model, name, port) => {
        const host = `machine 127.0.0.1 login builder password ${password}\n`;
        const secret = await writeSecret(model, 'netrc', host);
        const index = ['--build-arg', `PIP_INDEX_URL=http://127.0.0.1:${port}/simple`];
        const { stdout, stderr } = await build(name, model, [...secret, ...index]);
        return stdout + stderr;
      },
      'build-docker': async (model, name, port) => {
        const settings = process.env['PIP_INDEX_URL'];
        process.env['PIP_INDEX_URL'] = `http://builder:${password}@127.0.0.1:${port}/simple`;
        const lines: string[] = [];
        try {
          await buildImage(model, resolveBackendOptions({ runtime: 'python' }), {
            imageName: `localhost/${name}`,
            recipe: {},
            build: {
              builder: 'buildah',
              output: 'docker',
              sbomFile: sbomOf(name),
              onProgress: ({ step }) => lines.push(step),
            },
          });
        } finally {
          process.env['PIP_INDEX_URL'] = settings;
        }
        expect(readFileSync(sbomOf(name), 'utf8')).toContain('"purl": "pkg:pypi/tiny-pkg@1.0"');
        return lines.join('\n');
      },
    };
    const ways = Object.keys(secretBuilds).filter((way) => way !== 'netrc' || more !== undefined);
    it.each(ways)('nothing is left of the password of an index: %s', async (way) => {
      const index = await startPrivateIndex('builder', password);
      const folder = path.join(tools.folder, 'tmp', `${way}-model`);
      await writeModel(folder);
      const printed = await secretBuilds[way]?.(folder, way, index.port);
      expect(index.served).toHaveLength(2);
      await index.close();
      expect(printed).toMatch(/tiny[-_]pkg/);
      expect(printed).not.toContain(password);
      const found = await searchImage(tools, way, [password, 'tiny 1.0']);
      expect(found.get(password)).toEqual([]);
      // What is looked for in the same way and is there is found.
      expect(found.get('tiny 1.0')).not.toEqual([]);
    });
  },
);

/** A model that needs one package of the private index, and of MLflow nothing on this Python. */
async function writeModel(
  folder: string,
  requirements: string = "tiny-pkg==1.0\nmlflow; python_version < '3'\n",
): Promise<void> {
  await mkdir(folder);
  const files: Readonly<Record<string, string>> = {
    MLmodel:
      'flavors:\n  python_function:\n    loader_module: tiny_pkg\n    env: {virtualenv: python_env.yaml}\n',
    'python_env.yaml': 'python: 3.11.7\ndependencies: ["-r requirements.txt"]\n',
    'requirements.txt': requirements,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
}

/** Arguments that name a secret of the build, beside the model. */
async function writeSecret(model: string, id: string, text: string): Promise<readonly string[]> {
  const file = `${model}.secret`;
  await writeFile(file, text, { mode: 0o600 });
  return ['--secret', `id=${id},src=${file}`];
}
