/** Names of environments, the same as MLflow's, so that each finds what the other made. Source: mlflow/utils/environment.py `_get_mlflow_env_name` 3.17.2. */
import { createHash } from 'node:crypto';
import { reprString } from '../data/python-repr.ts';
import type { PythonEnvSpec } from '../model/python-env-spec.ts';

/** What the name of a virtual environment is made from. */
export interface EnvironmentKey {
  readonly spec: Pick<PythonEnvSpec, 'buildDependencies' | 'dependencies' | 'requirements'>;
  /** Version of Python as the model names it. */
  readonly python: string;
  /** MLflow's `env_id`: what `--install-mlflow` installs. Default: nothing. */
  readonly environmentId?: string;
  /** What MLflow leaves out of its name: overrides, another Python, a lock file. Default: nothing. */
  readonly salt?: Readonly<Record<string, unknown>>;
}

/** `mlflow-` and 40 hexadecimal digits. */
export function environmentName({ spec, python, environmentId, salt }: EnvironmentKey): string {
  const lines = spec.requirements.toSorted(compareLines).map(requirementRepr);
  const extra = salt === undefined || Object.keys(salt).length === 0 ? '' : JSON.stringify(salt);
  return hashName(environmentRepr(spec, python) + lines.join('') + (environmentId ?? '') + extra);
}

/** Name of a conda environment: the text of conda.yaml and the rest as for {@link environmentName}. */
export function condaEnvironmentName(
  condaText: string,
  { environmentId, salt }: Pick<EnvironmentKey, 'environmentId' | 'salt'>,
): string {
  const extra = salt === undefined || Object.keys(salt).length === 0 ? '' : JSON.stringify(salt);
  return hashName(condaText + (environmentId ?? '') + extra);
}

function hashName(text: string): string {
  return `mlflow-${createHash('sha1').update(text, 'utf8').digest('hex')}`;
}

function environmentRepr(spec: EnvironmentKey['spec'], python: string): string {
  const list = (texts: readonly string[]): string => `[${texts.map(reprString).join(', ')}]`;
  return `{'python': ${reprString(python)}, 'build_dependencies': ${list(spec.buildDependencies)}, 'dependencies': ${list(spec.dependencies)}}`;
}

type Line = PythonEnvSpec['requirements'][number];

function requirementRepr({ text, isConstraint }: Line): string {
  return `_Requirement(req_str=${reprString(text)}, is_constraint=${isConstraint ? 'True' : 'False'})`;
}

/** As Python sorts the tuples. */
function compareLines(a: Line, b: Line): number {
  if (a.text !== b.text) return a.text < b.text ? -1 : 1;
  return Number(a.isConstraint) - Number(b.isConstraint);
}
