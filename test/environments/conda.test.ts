/** conda's command lines, run against a stand-in, since conda itself is in no registry that tests may use. */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PrepareOptions } from '../../src/contract/runtime.ts';
import { findPreparedEnvironment, prepareEnvironment } from '../../src/env/prepare-environment.ts';
import { pythons, type TinyModel, writeTinyModel } from './tiny-model.ts';

const yaml = 'name: mlflow-env\ndependencies:\n- python\n- pip:\n  - tiny-pkg==1.0\n';

describe.skipIf(pythons.length === 0)('conda (a stand-in; needs Python 3.9 or later)', () => {
  let tiny: TinyModel;
  let home: string;
  let options: PrepareOptions;
  const log = (): string[] =>
    readFileSync(path.join(home, 'log'), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => line !== 'conda.mjs env list --json');
  beforeEach(async () => {
    tiny = await writeTinyModel({ 'conda.yaml': yaml });
    home = path.join(tiny.folder, 'conda');
    mkdirSync(path.join(home, 'bin'), { recursive: true });
    for (const name of ['conda', 'mamba']) {
      const file = path.join(home, 'bin', name);
      // an extension tells Node that it is a module; the shell finds the name without
      copyFileSync(path.join(import.meta.dirname, 'stand-in-conda.mjs'), `${file}.mjs`);
      writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${file}.mjs' "$@"\n`);
      chmodSync(file, 0o755);
    }
    vi.stubEnv('MLFLOW_ENV_ROOT', path.join(tiny.folder, 'envs')); // for locks
    options = {
      envManager: 'conda',
      captureOutput: true,
      extraEnvironment: {
        MLFLOW_CONDA_HOME: home,
        STAND_IN_CONDA: home,
        STAND_IN_PYTHON: pythons[0]!.file,
      },
    };
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    tiny.remove();
  });

  it('makes an environment once and finds it again', async () => {
    expect(await findPreparedEnvironment(tiny.model, options)).toBeNull();
    const made = await prepareEnvironment(tiny.model, options);
    expect(await prepareEnvironment(tiny.model, options)).toEqual(made);
    const name = path.basename(made.directory!);
    expect(name).toMatch(/^mlflow-[0-9a-f]{40}$/);
    const file = path.join(tiny.model.directory, 'conda.yaml');
    expect(log()).toEqual([`conda.mjs env create -n ${name} --file ${file}`]);
    expect(made.variables).toMatchObject({ CONDA_PREFIX: made.directory, CONDA_DEFAULT_ENV: name });
  }, 60_000);

  it('uses another creator, pins overrides with one =, and makes anew what does not fit', async () => {
    const asked = {
      ...options,
      pipRequirementsOverride: ['tiny_pkg==2.0'],
      extraEnvironment: { ...options.extraEnvironment, MLFLOW_CONDA_CREATE_ENV_CMD: 'mamba' },
    };
    const made = await prepareEnvironment(tiny.model, asked);
    const name = path.basename(made.directory!);
    const file = path.join(tiny.model.directory, 'conda.yaml');
    const build = [
      `mamba.mjs env create -n ${name} --file ${file}`,
      `conda.mjs install -n ${name} --yes tiny_pkg=2.0`,
    ];
    expect(log()).toEqual(build);
    const lib = path.join(made.directory!, 'lib');
    const [python = ''] = readdirSync(lib);
    rmSync(path.join(lib, python, 'site-packages', 'tiny_pkg-2.0.dist-info'), { recursive: true });
    expect(await prepareEnvironment(tiny.model, asked)).toEqual(made);
    expect(log()).toEqual([...build, `conda.mjs remove --yes --name ${name} --all`, ...build]);
  }, 60_000);

  it('says what helps where there is no conda', async () => {
    const without = { ...options, extraEnvironment: { MLFLOW_CONDA_HOME: '/nowhere' } };
    await expect(prepareEnvironment(tiny.model, without)).rejects.toMatchObject({
      code: 'ENV_MANAGER_UNAVAILABLE',
      message: expect.stringContaining('--env-manager virtualenv'),
    });
  });
});
