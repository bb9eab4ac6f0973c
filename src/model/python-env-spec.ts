/** Which Python environment a model wants. Source: mlflow/utils/environment.py `_PythonEnv`, utils/virtualenv.py `_get_python_env` 3.17.2. */
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import {
  environmentPaths,
  type EnvironmentPaths,
  readInside,
  readYamlMap,
} from './environment-files.ts';
import { expandRequirements, type RequirementLine } from './requirement-lines.ts';
import type { SavedModel } from './saved-model.ts';

/** Python and packages that a model wants, as its files say. */
export interface PythonEnvSpec {
  /** As written, such as `3.11.7` or `3.10`; null where no file says which. */
  readonly python: string | null;
  /** Installed first: pip, setuptools, wheel. */
  readonly buildDependencies: readonly string[];
  /** Lines for the installer, most often only `-r requirements.txt`. */
  readonly dependencies: readonly string[];
  /** {@link dependencies}, with the files that they name expanded. */
  readonly requirements: readonly RequirementLine[];
  /** What was passed over, in words. */
  readonly notes: readonly string[];
}

type Named = Omit<PythonEnvSpec, 'requirements'>;

/**
 * Reads python_env.yaml; where it is missing (models before MLflow 1.26), conda.yaml and requirements.txt.
 *
 * @throws ENVIRONMENT_FILE_INVALID, MLMODEL_INVALID for files that cannot be used
 */
export async function readPythonEnvSpec(model: SavedModel): Promise<PythonEnvSpec> {
  const paths = environmentPaths(model);
  const named = await readNamed(model, paths);
  const requirements = await expandRequirements(model.directory, named.dependencies);
  const python = named.python ?? recordedPython(model);
  return { ...named, python, requirements };
}

async function readNamed(model: SavedModel, paths: EnvironmentPaths): Promise<Named> {
  const yaml = await readYamlMap(model.directory, paths.virtualenv);
  if (yaml !== null) return readPythonEnv(yaml, paths.virtualenv);
  const conda = await readYamlMap(model.directory, paths.conda);
  const requirements = await readInside(model.directory, 'requirements.txt');
  if (conda === null && requirements === null) throw noFiles(model, paths);
  const fromConda = conda === null ? nothing : readConda(conda, paths.conda);
  return requirements === null
    ? fromConda
    : { ...fromConda, dependencies: ['-r requirements.txt'] };
}

const nothing: Named = { python: null, buildDependencies: [], dependencies: [], notes: [] };

/** The version that the flavor was saved with; MLflow takes the Python that it runs in. */
function recordedPython(model: SavedModel): string | null {
  const version = model.flavors.get('python_function')?.['python_version'];
  return typeof version === 'string' && version !== '' ? version : null;
}

function readPythonEnv(yaml: Readonly<Record<string, unknown>>, file: string): Named {
  return {
    python: textOf(yaml['python'], `python of ${file}`),
    buildDependencies: textsOf(yaml['build_dependencies'], `build_dependencies of ${file}`),
    dependencies: textsOf(yaml['dependencies'], `dependencies of ${file}`),
    notes: [],
  };
}

const condaPattern =
  /^(?<name>python|pip|setuptools|wheel)(?<operator><=|>=|==|!=|<|>|=)?(?<version>[\d.]+)?$/;

/** Packages of conda itself, other than Python and what installs, cannot be had from PyPI and are passed over. */
function readConda(yaml: Readonly<Record<string, unknown>>, file: string): Named {
  const { dependencies: entries = [] } = yaml;
  if (!Array.isArray(entries)) throw invalid(`dependencies of ${file} is not a list`);
  let python: string | null = null;
  let dependencies: readonly string[] = [];
  const buildDependencies: string[] = [];
  const others: string[] = [];
  for (const entry of entries as readonly unknown[]) {
    if (typeof entry !== 'string') {
      dependencies = pipOf(entry, file);
      continue;
    }
    const { name, operator, version = '' } = condaPattern.exec(entry)?.groups ?? {};
    if (name === undefined) others.push(entry);
    else if (name !== 'python') {
      buildDependencies.push(name + (operator === '=' ? '==' : (operator ?? '')) + version);
    } else python ??= condaPython(entry, operator, version);
  }
  const left = `conda packages that pip cannot install are left out: ${others.join(', ')}`;
  return { python, buildDependencies, dependencies, notes: others.length === 0 ? [] : [left] };
}

function pipOf(entry: unknown, file: string): readonly string[] {
  if (typeof entry === 'object' && entry !== null && 'pip' in entry) {
    return textsOf(entry.pip, `pip of ${file}`);
  }
  throw invalid(`an entry of dependencies of ${file} is neither a text nor {pip: [...]}`);
}

function condaPython(entry: string, operator: string | undefined, version: string): string {
  if (operator === undefined || version === '') {
    throw invalid(`conda.yaml must pin its Python, for example python=3.11.7, not '${entry}'`);
  }
  if (['<', '>', '!='].includes(operator)) {
    throw invalid(`conda.yaml pins Python with '${operator}'; it must be one of <=, >=, =, ==`);
  }
  return version;
}

/** YAML's null is a text in the schema that leaves every scalar one. */
function textOf(value: unknown, what: string): string | null {
  if (value === undefined || value === '' || value === 'null' || value === '~') return null;
  if (typeof value === 'string') return value;
  throw invalid(`${what} is not a text`);
}

function textsOf(value: unknown, what: string): readonly string[] {
  if (value === undefined || value === '' || value === 'null' || value === '~') return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalid(`${what} is not a list of texts`);
}

function noFiles(model: SavedModel, { virtualenv, conda }: EnvironmentPaths): SlipwayError {
  return invalid(
    `${model.directory} has neither ${virtualenv} nor ${conda} nor requirements.txt, so nothing says what to install; use --env-manager local`,
  );
}

function invalid(reason: string): SlipwayError {
  return slipwayError('ENVIRONMENT_FILE_INVALID', `${reason}.`);
}
