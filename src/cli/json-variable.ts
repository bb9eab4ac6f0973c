/** Environment variables that hold a JSON object. */
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * The object; null when the variable is not set or empty.
 *
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function jsonVariable(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, unknown>> | null {
  const text = environment[name];
  if (text === undefined || text === '') return null;
  const value = parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw slipwayError('INVALID_ENVIRONMENT_VARIABLE', `${name} must hold a JSON object.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
