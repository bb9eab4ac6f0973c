/** How programs are started in a virtual environment. */
import path from 'node:path';
import type { EnvManager, PrepareOptions } from '../contract/runtime.ts';
import { interpreterIn } from './interpreter.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** The environment in `directory`, with the variables that its `activate` would set. */
export function virtualEnvironment(
  { manager }: { readonly manager: EnvManager },
  directory: string,
  options: Pick<PrepareOptions, 'extraEnvironment'> = {},
): PythonEnvironment {
  const python = interpreterIn(directory);
  const folders = [path.dirname(python), process.env['PATH'] ?? ''].filter((one) => one !== '');
  return {
    kind: 'python',
    manager,
    python,
    directory,
    variables: {
      VIRTUAL_ENV: directory,
      PATH: folders.join(path.delimiter),
      ...options.extraEnvironment,
    },
  };
}
