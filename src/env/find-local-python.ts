/** The interpreter of `--env-manager local`: one that is there already and can import MLflow. */
import path from 'node:path';
import type { PrepareOptions } from '../contract/runtime.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { findExecutables } from './find-executable.ts';
import { askInterpreter, type Interpreter, interpreterIn } from './interpreter.ts';

/**
 * Gives the interpreter of `--python`, else the active virtual environment's, else the first `python` or
 * `python3` on PATH that has MLflow.
 *
 * @throws PYTHON_NOT_FOUND where there is none, ENVIRONMENT_FAILED where MLflow is missing
 */
export async function findLocalPython(
  options: Pick<PrepareOptions, 'python' | 'extraEnvironment' | 'signal'> = {},
): Promise<Interpreter> {
  const environment = { ...process.env, ...options.extraEnvironment };
  const { candidates, source } = await findCandidates(options.python, environment);
  const { signal } = options;
  const without: Interpreter[] = [];
  for (const file of candidates) {
    const asked = await askInterpreter(file, { environment, ...(signal ? { signal } : {}) });
    if (asked === null) continue;
    if (asked.hasMlflow) return { file: asked.file, version: asked.version };
    without.push(asked);
  }
  const [first] = without;
  throw first === undefined ? noPython(source) : noMlflow(first, source);
}

interface Candidates {
  readonly candidates: readonly string[];
  /** Where they come from, in words. */
  readonly source: string;
}

async function findCandidates(
  python: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Candidates> {
  if (python !== undefined) {
    const name = /^\d+(\.\d+){0,2}$/.test(python)
      ? `python${python.split('.').slice(0, 2).join('.')}`
      : python;
    return { candidates: await findExecutables(name, environment), source: `--python ${python}` };
  }
  const active = environment['VIRTUAL_ENV'];
  if (active !== undefined && active !== '') {
    return { candidates: [interpreterIn(path.resolve(active))], source: `VIRTUAL_ENV=${active}` };
  }
  const found = await Promise.all(
    ['python', 'python3'].map((name) => findExecutables(name, environment)),
  );
  return { candidates: found.flat(), source: 'python or python3 on PATH' };
}

function noPython(source: string): SlipwayError {
  return slipwayError(
    'PYTHON_NOT_FOUND',
    `--env-manager local: no Python 3 that runs was found (${source}). Name one with --python PATH, or let Slipway make the environment with --env-manager virtualenv.`,
    { details: { source } },
  );
}

function noMlflow({ file, version }: Interpreter, source: string): SlipwayError {
  return slipwayError(
    'ENVIRONMENT_FAILED',
    `--env-manager local: ${file} (Python ${version}, from ${source}) cannot import mlflow. Run ${file} -m pip install mlflow, name another interpreter with --python PATH, or let Slipway make the environment with --env-manager virtualenv.`,
    { details: { python: file, version, source } },
  );
}
