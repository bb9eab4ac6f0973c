/** What is installed for a Python model: its requirement files, taken apart into what installers read. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { PythonStep, RecipeFile, RecipeOptions } from '../../contract/image-recipe.ts';
import type { EnvManager } from '../../contract/runtime.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { environmentPaths } from '../../model/environment-files.ts';
import { type PythonEnvSpec, readPythonEnvSpec } from '../../model/python-env-spec.ts';
import type { SavedModel } from '../../model/saved-model.ts';

/** Place of a checkout of MLflow, relative to the folder in which the installer runs. */
const mlflowHomeFolder = 'mlflow-home';

/** A step and what was passed over on the way, one line each. */
export interface DescribedStep {
  readonly step: PythonStep;
  readonly notes: readonly string[];
}

/**
 * Reads the model's requirement files.
 *
 * @throws ENVIRONMENT_FILE_INVALID, MLMODEL_INVALID, INVALID_OPTION where there is no such checkout of MLflow
 */
export async function pythonStep(
  model: SavedModel,
  manager: EnvManager,
  isInBase: boolean,
  options: RecipeOptions,
): Promise<DescribedStep> {
  const spec = await readPythonEnvSpec(model);
  const lines = spec.requirements.filter(({ isConstraint }) => !isConstraint);
  const requirements = lines.map(({ text }) => text);
  const home = homeFiles(options);
  const lock = manager === 'uv' ? lockFiles(model) : [];
  const step: PythonStep = {
    kind: 'python',
    reason: 'The packages of the model. Installed anew only when its requirements change.',
    manager,
    python: spec.python,
    isInBase,
    buildDependencies: spec.buildDependencies,
    requirements,
    constraints: spec.requirements
      .filter(({ isConstraint }) => isConstraint)
      .map(({ text }) => text),
    additions: home.length > 0 ? [`./${mlflowHomeFolder}`] : mlflowLines(model, spec, options),
    files: [...requirements.flatMap((line) => localFile(line, model)), ...lock, ...home],
    condaFile: manager === 'conda' ? condaFile(model) : null,
  };
  return { step, notes: spec.notes };
}

function homeFiles({ mlflowHome }: RecipeOptions): readonly RecipeFile[] {
  if (mlflowHome === undefined) return [];
  const source = path.resolve(mlflowHome);
  if (statSync(source, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw slipwayError(
      'INVALID_OPTION',
      `--mlflow-home: ${mlflowHome} is no folder; name a checkout of MLflow, or leave the option out.`,
    );
  }
  return [{ source, target: mlflowHomeFolder }];
}

/** What loads the model is MLflow, whether its requirements say so or not. */
function mlflowLines(
  { mlflowVersion }: SavedModel,
  { requirements }: PythonEnvSpec,
  { installMlflow = false }: RecipeOptions,
): readonly string[] {
  const known = installMlflow ? /^mlflow(?![-\w])/i : /^mlflow(-skinny)?(?![-\w])/i;
  if (requirements.some(({ text, isConstraint }) => !isConstraint && known.test(text))) return [];
  return [mlflowVersion === null ? 'mlflow' : `mlflow==${mlflowVersion}`];
}

/** A wheel, archive or folder of the model that a line names: `wheels/x.whl`, `-e code/x`, `--find-links wheels`. */
function localFile(line: string, { directory }: SavedModel): readonly RecipeFile[] {
  const [, named = ''] =
    /^(?:(?:-e|--editable|-f|--find-links)[\s=]+)?([^\s;[\]]+)/.exec(line) ?? [];
  const target = path.normalize(named.replace(/^file:(?!\/)/, ''));
  const source = path.resolve(directory, target);
  const isInside = source.startsWith(directory + path.sep);
  // A bare name is a package of an index, even where the model has a folder called like it.
  const looksLocal = /[/\\]|\.(whl|zip|tar\.gz)$/.test(named) && !named.includes('://');
  return isInside && looksLocal && existsSync(source) ? [{ source, target }] : [];
}

function condaFile(model: SavedModel): string | null {
  const file = path.resolve(model.directory, environmentPaths(model).conda);
  return existsSync(file) ? file : null;
}

/** uv installs exactly what these say, where both are there. */
function lockFiles({ directory }: SavedModel): readonly RecipeFile[] {
  const files = ['uv.lock', 'pyproject.toml'].map((target) => ({
    source: path.join(directory, target),
    target,
  }));
  return files.every(({ source }) => existsSync(source)) ? files : [];
}
