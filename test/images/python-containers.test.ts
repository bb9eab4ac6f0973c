/** Images of Python models: their packages installed by buildah, their recorded answers compared, nothing left of secrets. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { generateDockerfile } from '../../src/backend/generate-dockerfile.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
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

const ownCorpus = path.join(projectRoot, 'test/fixtures/python-corpus');

/** Pattern of the names of further models, of a corpus beside the project: each takes minutes. */
const more = process.env['SLIPWAY_IMAGE_MODELS'];

/** Where this machine keeps the certificates that its package index may need. */
const certificates = '/etc/ssl/certs/ca-certificates.crt';

describe.skipIf(containersMissing !== null)(
  `images of Python models (need ${containersMissing ?? 'nothing more'})`,
  { timeout: 600_000 },
  () => {
    let tools: ContainerTools;
    beforeAll(async () => {
      tools = await startContainerTools('python');
    }, 600_000);
    afterAll(() => tools.close(), 60_000);

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

    async function replayImage(recorded: CorpusModel): Promise<void> {
      const image = recorded.name.replaceAll('_', '-');
      await build(image, recorded.directory, indexArguments());
      const container = runContainer(tools, image);
      expect(await replayAt(await container.url, recorded)).toEqual([]);
      expect(await container.stop()).toBe(0);
    }

    it('a model of plain Python answers as it did in MLflow', async () => {
      const [recorded] = readCorpus(ownCorpus);
      expect(recorded?.cases.length).toBeGreaterThan(40);
      await replayImage(recorded!);
    });

    const others = more === undefined ? [] : outerCorpora.flatMap(readCorpus);
    const chosen = others.filter(({ name }) => new RegExp(more ?? '').test(name));
    it.each(chosen.map((model) => [model.name, model] as const))(
      '%s answers as it did in MLflow',
      (_name, recorded) => replayImage(recorded),
    );

    it.each(more === undefined ? (['virtualenv'] as const) : (['virtualenv', 'local'] as const))(
      'nothing is left of the password of an index: %s',
      async (envManager) => {
        const password = 'pa55-of-the-index';
        const index = await startPrivateIndex('builder', password);
        const folder = path.join(tools.folder, 'tmp', `${envManager}-model`);
        writeModel(folder);
        const settings = writeSettings(envManager, index.port, password, folder);
        const { stdout, stderr } = await build(envManager, folder, settings, { envManager });
        expect(index.served).toHaveLength(2);
        await index.close();
        expect(stdout + stderr).not.toContain(password);
        expect(await searchImage(tools, envManager, password)).toEqual([]);
        // What is looked for in the same way and is there is found.
        expect(await searchImage(tools, envManager, 'tiny 1.0')).not.toEqual([]);
      },
    );
  },
);

/** How this machine reaches its package index: settings by arguments, certificates and pip.conf by secrets. */
function indexArguments(): readonly string[] {
  const settings = ['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_TRUSTED_HOST'];
  return [
    ...settings
      .filter((name) => process.env[name])
      .flatMap((name) => ['--build-arg', `${name}=${process.env[name]}`]),
    ...(existsSync(certificates) ? ['--secret', `id=ca.pem,src=${certificates}`] : []),
  ];
}

/** A model that needs one package of the private index, and of MLflow nothing on this Python. */
function writeModel(folder: string): void {
  mkdirSync(folder);
  const files: Readonly<Record<string, string>> = {
    MLmodel:
      'flavors:\n  python_function:\n    loader_module: tiny_pkg\n    env: {virtualenv: python_env.yaml}\n',
    'python_env.yaml': 'python: 3.11.7\ndependencies: ["-r requirements.txt"]\n',
    'requirements.txt': "tiny-pkg==1.0\nmlflow; python_version < '3'\n",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
}

/** The password once in pip's settings and once in a netrc file, with the index as an argument. */
function writeSettings(
  manager: 'virtualenv' | 'local',
  port: number,
  password: string,
  folder: string,
): readonly string[] {
  const file = `${folder}.secret`;
  if (manager === 'virtualenv') {
    writeFileSync(
      file,
      `[global]\nindex-url = http://builder:${password}@127.0.0.1:${port}/simple\n`,
    );
    return ['--secret', `id=pip.conf,src=${file}`];
  }
  writeFileSync(file, `machine 127.0.0.1 login builder password ${password}\n`, { mode: 0o600 });
  return [
    '--secret',
    `id=netrc,src=${file}`,
    '--build-arg',
    `PIP_INDEX_URL=http://127.0.0.1:${port}/simple`,
  ];
}
