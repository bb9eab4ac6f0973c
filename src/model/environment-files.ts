/** The files that say which environment a model wants. They are data here: nothing is installed. */
import path from 'node:path';
import { parseYaml } from './parse-yaml.ts';
import { readTextFile } from './read-text-file.ts';
import type { SavedModel } from './saved-model.ts';

const limitBytes = 2 ** 20;

/** What python_env.yaml, conda.yaml and requirements.txt say; each part null or empty where there is no such file. */
export interface ModelEnvironment {
  /** `python` of python_env.yaml, such as `3.11.7`. */
  readonly pythonVersion: string | null;
  /** `build_dependencies` of python_env.yaml. */
  readonly buildDependencies: readonly string[];
  /** Lines of requirements.txt without comments, empty lines and options. */
  readonly requirements: readonly string[];
  readonly conda: CondaEnvironment | null;
}

/** What conda.yaml says. */
interface CondaEnvironment {
  readonly name: string | null;
  readonly channels: readonly string[];
  /** Packages of conda itself. */
  readonly dependencies: readonly string[];
  /** Packages of pip. */
  readonly pip: readonly string[];
}

/** Names of the files relative to the folder: `env` of the flavor is a text up to MLflow 1.x, a map since. */
export interface EnvironmentPaths {
  readonly conda: string;
  readonly virtualenv: string;
}

/**
 * Reads the environment files of a model.
 * @throws MLMODEL_INVALID for a file that is too big or not YAML
 */
export async function readModelEnvironment(model: SavedModel): Promise<ModelEnvironment> {
  const paths = environmentPaths(model);
  const [python, conda, requirements] = await Promise.all([
    readYamlMap(model.directory, paths.virtualenv),
    readYamlMap(model.directory, paths.conda),
    readInside(model.directory, 'requirements.txt'),
  ]);
  return {
    pythonVersion: textOf(python?.['python']),
    buildDependencies: textsOf(python?.['build_dependencies']),
    requirements: splitRequirements(requirements ?? ''),
    conda: conda && readConda(conda),
  };
}

/** Where the `python_function` flavor says that its environment files stand. */
export function environmentPaths(model: SavedModel): EnvironmentPaths {
  const env = model.flavors.get('python_function')?.['env'];
  const entries = typeof env === 'object' && env !== null ? (env as Record<string, unknown>) : {};
  return {
    conda: textOf(entries['conda']) ?? textOf(env) ?? 'conda.yaml',
    virtualenv: textOf(entries['virtualenv']) ?? 'python_env.yaml',
  };
}

/** Text of a file of the model; null where there is none. A path that leads out of the folder counts as absent. Default limit: 1 MiB. */
export async function readInside(
  directory: string,
  relative: string,
  maxBytes: number = limitBytes,
): Promise<string | null> {
  const file = path.resolve(directory, relative);
  const isInside = file.startsWith(directory + path.sep);
  return isInside ? readTextFile(file, maxBytes) : null;
}

/**
 * A YAML file of the model; null where there is none. Scalars stay texts: the version 3.10 is not the number 3.1.
 * @throws MLMODEL_INVALID for a file that is too big or not YAML
 */
export async function readYamlMap(
  directory: string,
  relative: string,
): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readInside(directory, relative);
  if (text === null) return null;
  const value = parseYaml(text, path.resolve(directory, relative), { schema: 'failsafe' });
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function readConda(conda: Readonly<Record<string, unknown>>): CondaEnvironment {
  const dependencies: readonly unknown[] = Array.isArray(conda['dependencies'])
    ? conda['dependencies']
    : [];
  const pip = dependencies.flatMap((entry) =>
    typeof entry === 'object' && entry !== null && 'pip' in entry ? textsOf(entry.pip) : [],
  );
  return {
    name: textOf(conda['name']),
    channels: textsOf(conda['channels']),
    dependencies: textsOf(dependencies),
    pip,
  };
}

function splitRequirements(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
