/** The directory that `generate-dockerfile` writes: the texts as they are kept, and what stands beside them. */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { chmod, cp, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { generateDockerfile } from '../../src/backend/generate-dockerfile.ts';
import { getFlavorBackend } from '../../src/backend/get-flavor-backend.ts';
import type { RuntimeChoice } from '../../src/contract/capability.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { slipwayVersion } from '../../src/server/slipway-version.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { writeUnsupportedOnnx } from './recorded-models.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-dockerfile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const diabetes = path.join(projectRoot, 'examples/diabetes/model');
let count = 0;
const newFolder = (): string => path.join(folder, String((count += 1)));

async function generate(
  model: string | null,
  runtime: RuntimeChoice = 'auto',
  options: RecipeOptions = {},
  directory: string = newFolder(),
): Promise<string> {
  await generateDockerfile(model, directory, resolveBackendOptions({ runtime }), options);
  return directory;
}

const read = (directory: string): string =>
  readFileSync(path.join(directory, 'Dockerfile'), 'utf8').replace(slipwayVersion, 'VERSION');

interface Golden {
  readonly model?: null;
  readonly runtime?: RuntimeChoice;
  readonly options?: RecipeOptions;
}

/** Name of the kept text → how it is made. Platforms are given: the default depends on the machine. */
const goldens: Readonly<Record<string, Golden>> = {
  native: {},
  'native-mounted': {
    model: null,
    runtime: 'native',
    options: { platforms: ['linux/amd64', 'linux/arm64'] },
  },
  python: { runtime: 'python' },
  'python-virtualenv': {
    runtime: 'python',
    options: { envManager: 'virtualenv', installJava: true, enableMlserver: true },
  },
  'python-uv': { runtime: 'python', options: { envManager: 'uv' } },
  'python-conda': { runtime: 'python', options: { envManager: 'conda' } },
  'python-own-base': {
    runtime: 'python',
    options: { baseImage: 'nvidia/cuda:12.6.3-runtime-ubuntu24.04' },
  },
  'python-local-base': {
    runtime: 'python',
    options: { baseImage: 'registry.example/python:3.11', envManager: 'local' },
  },
  mounted: { model: null, options: { platforms: ['linux/amd64'] } },
};

describe('the text', () => {
  it.each(Object.entries(goldens))('of %s is the kept one', async (name, golden) => {
    const model = golden.model === null ? null : diabetes;
    const directory = await generate(model, golden.runtime, golden.options);
    await expect(read(directory)).toMatchFileSnapshot(
      path.join(projectRoot, `test/fixtures/dockerfiles/${name}.Dockerfile`),
    );
  });

  it('copies only what is there', async () => {
    for (const { model, runtime, options } of Object.values(goldens)) {
      const directory = await generate(model === null ? null : diabetes, runtime, options);
      const copied = [...read(directory).matchAll(/^COPY ([^-]\S*)\/ /gm)].map(([, name]) => name!);
      for (const name of copied.filter((one) => !one.includes('$'))) {
        expect(readdirSync(path.join(directory, name))).not.toEqual([]);
      }
    }
  });

  it('is that of the library', async () => {
    const directory = newFolder();
    const backend = await getFlavorBackend(diabetes, {
      runtime: 'python',
      environment: { envManager: 'uv' },
    });
    await backend.generateDockerfile(diabetes, directory);
    expect(read(directory)).toBe(read(await generate(diabetes, 'python', { envManager: 'uv' })));
  });
});

describe('the directory', () => {
  it('can be read by the user of the container, whoever saved the model', async () => {
    const model = path.join(folder, 'private model');
    await cp(diabetes, model, { recursive: true });
    await chmod(path.join(model, 'MLmodel'), 0o600);
    await mkdir(path.join(model, 'inner'), { mode: 0o700 });
    writeFileSync(path.join(folder, 'outside'), 'x');
    symlinkSync(path.join(folder, 'outside'), path.join(model, 'inner/link'));
    const directory = await generate(model, 'native');
    const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(entries).toContain('model_dir/private-model/inner/link');
    const modes = entries.map((name) => statSync(path.join(directory, name)).mode & 0o555);
    expect(new Set(modes)).toEqual(new Set([0o444, 0o555]));
  });

  it('replaces what an earlier run wrote, and nothing else', async () => {
    const directory = await generate(diabetes, 'python');
    writeFileSync(path.join(directory, 'README'), 'mine');
    writeFileSync(path.join(directory, 'model_dir/model/old'), '');
    await generate(diabetes, 'native', {}, directory);
    expect(readdirSync(directory).toSorted()).toEqual([
      'Dockerfile',
      'README',
      'model_dir',
      'slipway',
    ]);
    expect(readdirSync(path.join(directory, 'model_dir/model'))).not.toContain('old');
  });

  it('is refused within the model', async () => {
    const model = path.join(folder, 'model');
    await cp(diabetes, model, { recursive: true });
    await expect(generate(model, 'native', {}, path.join(model, 'docker'))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    expect(readdirSync(model)).not.toContain('docker');
  });

  it('holds the files that requirements name', async () => {
    const model = path.join(folder, 'with-wheel');
    await cp(diabetes, model, { recursive: true });
    await mkdir(path.join(model, 'wheels'));
    writeFileSync(path.join(model, 'wheels/own-1.0-py3-none-any.whl'), '');
    writeFileSync(path.join(model, 'constraints.txt'), 'numpy<3\n');
    writeFileSync(
      path.join(model, 'requirements.txt'),
      'wheels/own-1.0-py3-none-any.whl\n-c constraints.txt\npandas\n',
    );
    const directory = path.join(await generate(model, 'python'), 'requirements');
    expect(readdirSync(directory).toSorted()).toEqual([
      'additions.txt',
      'build.txt',
      'constraints.txt',
      'requirements.txt',
      'wheels',
    ]);
    const text = (name: string): string => readFileSync(path.join(directory, name), 'utf8');
    expect(text('requirements.txt')).toBe('wheels/own-1.0-py3-none-any.whl\npandas\n');
    expect(text('constraints.txt')).toBe('numpy<3\n');
    // The requirements have no MLflow, without which nothing could load the model.
    expect(text('additions.txt')).toBe('mlflow==3.17.2\n');
  });

  it('holds a checkout of MLflow that is to be installed', async () => {
    const home = path.join(folder, 'checkout');
    await mkdir(home);
    writeFileSync(path.join(home, 'pyproject.toml'), '');
    const directory = await generate(diabetes, 'python', { mlflowHome: home });
    expect(readdirSync(path.join(directory, 'requirements/mlflow-home'))).toEqual([
      'pyproject.toml',
    ]);
    expect(readFileSync(path.join(directory, 'requirements/additions.txt'), 'utf8')).toBe(
      './mlflow-home\n',
    );
    const absent = generate(diabetes, 'python', { mlflowHome: path.join(folder, 'nowhere') });
    await expect(absent).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('nowhere is no folder') as string,
    });
  });
});

describe('a model that its native reader gives up when it opens it', () => {
  const model = path.join(folder, 'unsupported');
  beforeAll(() => {
    writeUnsupportedOnnx(model);
    writeFileSync(path.join(model, 'requirements.txt'), 'mlflow==3.17.2\nonnxruntime\n');
  });

  it('is packed for Python', async () => {
    const text = read(await generate(model));
    expect(text).toContain('SLIPWAY_RUNTIME="python"');
    expect(text).toContain('FROM python:');
  });

  it('is refused where native was asked for', async () => {
    await expect(generate(model, 'native')).rejects.toMatchObject({ code: 'MODEL_NOT_NATIVE' });
    const native = await getFlavorBackend(model, { runtime: 'native' });
    expect(await native.canBuildImage()).toBe(false);
  });
});

describe('without a model', () => {
  it.each(['local', 'conda'] as const)('%s is refused', async (envManager) => {
    await expect(generate(null, 'auto', { envManager })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });

  it('R is refused', async () => {
    await expect(generate(null, 'r')).rejects.toMatchObject({ code: 'CAPABILITY_UNAVAILABLE' });
  });
});
