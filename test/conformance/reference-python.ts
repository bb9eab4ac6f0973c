/** The Python with the real MLflow, where there is one: SLIPWAY_REFERENCE, or what tools/reference/setup.sh made. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { PythonEnvironment } from '../../src/env/python-environment.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
const folder =
  process.env['SLIPWAY_REFERENCE'] ?? path.join(cache, 'slipway-reference', 'reference');
const python = path.join(folder, 'bin', 'python');

/** Path of the interpreter; null where there is none. */
export const referencePython: string | null = existsSync(python) ? python : null;

/** The environment of that interpreter, as `--env-manager local` gives it. */
export function referenceEnvironment(): PythonEnvironment {
  if (referencePython === null) throw new Error(`no ${python}; run tools/reference/setup.sh`);
  return {
    kind: 'python',
    manager: 'local',
    python: referencePython,
    directory: null,
    variables: {},
  };
}
