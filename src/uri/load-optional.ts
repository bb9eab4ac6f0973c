import { installAdvice } from '../errors/install-advice.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/** For whoever runs an image: it holds no such package. */
const inImage = 'images do not hold it: fetch the model beforehand and mount it at /opt/ml/model';

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
      `${scheme}: URIs need the package ${name}, which is not installed; ${installAdvice([name], inImage)}`,
      { details: { scheme, package: name }, cause },
    );
  }
}
