/** `--env-manager`, checked as MLflow checks it. Source: mlflow/utils/cli_args.py, mlflow/utils/env_manager.py 3.17.2. */
import type { EnvManager } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { booleanVariable } from './boolean-variable.ts';

const managers = ['local', 'conda', 'virtualenv', 'uv'] as const satisfies readonly EnvManager[];

/**
 * Gives the manager back if it is one; warns of conda's licence as MLflow does.
 *
 * @throws INVALID_OPTION
 */
export function checkEnvManager(value: string | undefined): EnvManager | undefined {
  if (value === undefined) return undefined;
  const manager = managers.find((name) => name === value);
  if (manager === undefined) {
    const known = managers.map((name) => `'${name}'`).join(', ');
    throw slipwayError(
      'INVALID_OPTION',
      `Invalid value for \`env_manager\`: ${value}. Must be one of [${known}]`,
    );
  }
  if (value === 'conda' && !booleanVariable('MLFLOW_DISABLE_ENV_MANAGER_CONDA_WARNING')) {
    process.stderr.write(
      "slipway: note: conda's default channels have their own terms of service; check that your use is covered\n",
    );
  }
  return manager;
}
