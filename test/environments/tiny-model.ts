/** Models whose environment can be made without a network, from wheels that the test writes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PrepareOptions } from '../../src/contract/runtime.ts';
import { type FoundPython, listPythons } from '../../src/env/list-pythons.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { writeTinyWheel } from './tiny-wheel.ts';

/** The Pythons of this machine that can make environments with pip; empty where there are none. */
export const pythons: readonly FoundPython[] = (await listPythons()).filter(
  ({ version }) => !/^3\.[0-8]\./.test(version),
);

/** A folder with a model, wheels and environments. */
export interface TinyModel {
  readonly model: SavedModel;
  readonly folder: string;
  readonly wheels: string;
  /** Nothing but the wheels is used, and nothing outside of the folder is written. */
  readonly options: PrepareOptions;
  /** The same for the command line. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  remove(): void;
}

/** Writes a model of `files`; by default it wants tiny-pkg 1.0. There are wheels of 1.0 and 2.0. */
export async function writeTinyModel(
  files: Readonly<Record<string, string>> = {},
): Promise<TinyModel> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway tiny-'));
  const [directory, wheels, envRoot] = ['model', 'wheels', 'envs'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  for (const one of [directory, wheels]) mkdirSync(one);
  for (const version of ['1.0', '2.0']) writeTinyWheel(wheels, version);
  const all = { ...tinyFiles(), ...files };
  for (const [name, text] of Object.entries(all)) writeFileSync(path.join(directory, name), text);
  const findLinks = [wheels];
  return {
    model: await readSavedModel(directory),
    folder,
    wheels,
    options: { envRoot, offline: true, findLinks, noUv: true, captureOutput: true },
    args: ['-m', directory, '--offline', '--find-links', wheels, '--no-uv', '--json'],
    environment: { ...process.env, MLFLOW_ENV_ROOT: envRoot },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function tinyFiles(): Readonly<Record<string, string>> {
  const version = pythons[0]?.version ?? '3';
  return {
    MLmodel: [
      'flavors:',
      '  python_function:',
      '    env: {conda: conda.yaml, virtualenv: python_env.yaml}',
      '    loader_module: tiny_pkg',
      'mlflow_version: 3.17.2',
      '',
    ].join('\n'),
    'python_env.yaml': `python: ${version}\ndependencies:\n- -r requirements.txt\n`,
    'requirements.txt': 'tiny-pkg==1.0',
  };
}
