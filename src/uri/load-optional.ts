import { slipwayError } from '../errors/slipway-error.ts';

/**
 * A package that only some addresses need; `scheme` is theirs.
 * @throws MODEL_URI_UNSUPPORTED with the command that adds it
 */
export async function loadOptional<T>(
  name: string,
  scheme: string,
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${scheme}: URIs need the package ${name}, which is not installed; run "npm install ${name}" where slipway is installed`,
      { details: { scheme, package: name }, cause },
    );
  }
}
