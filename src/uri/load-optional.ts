import { createRequire } from 'node:module';
import { installAdvice } from '../errors/install-advice.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/** Code that V8 has from its cache cannot `import()`: the bundled command could not load it. */
const require = createRequire(import.meta.url);

/** For whoever runs an image: it holds no such package. */
const inImage = 'images do not hold it: fetch the model beforehand and mount it at /opt/ml/model';

/**
 * A package that only some addresses need; `scheme` is theirs.
 * @throws MODEL_URI_UNSUPPORTED with the command that adds it
 */
export function loadOptional<T>(name: string, scheme: string): T {
  try {
    return require(name) as T;
  } catch (cause) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${scheme}: URIs need the package ${name}, which is not installed; ${installAdvice([name], inImage)}`,
      { details: { scheme, package: name }, cause },
    );
  }
}
