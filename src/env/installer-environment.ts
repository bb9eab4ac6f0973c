/** The environment variables of installers. */
import type { PrepareOptions } from '../contract/runtime.ts';

/**
 * This process's own variables, so that indexes, proxies, CA bundles and credentials of pip, uv and conda hold,
 * with what `--env` adds. Nobody is there to answer questions of pip.
 */
export function installerEnvironment(
  options: Pick<PrepareOptions, 'extraEnvironment'>,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PIP_NO_INPUT: '1',
    PIP_USER: '0', // `user = true` of pip.conf has no meaning in an environment, and fails there
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...options.extraEnvironment,
  };
}
