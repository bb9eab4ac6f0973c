/** Boolean environment variables: true, false, 1 or 0 in any case, and nothing else. Source: mlflow/environment_variables.py 3.17.2. */
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Value of the variable; false when it is not set.
 *
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function booleanVariable(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  const text = environment[name];
  if (text === undefined) return false;
  const value = values.get(text.toLowerCase());
  if (value !== undefined) return value;
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `${name} must be true, false, 1 or 0 (any case), not '${text}'.`,
  );
}

const values: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
