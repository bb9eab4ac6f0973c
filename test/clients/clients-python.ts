/** The Python with clients of the Open Inference Protocol: SLIPWAY_CLIENTS, or what tools/reference/setup.sh made. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
const folder = process.env['SLIPWAY_CLIENTS'] ?? path.join(cache, 'slipway-reference', 'clients');
const python = path.join(folder, 'bin', 'python');

/** Path of the interpreter; null where there is none. With CI set there has to be one. */
export const clientsPython: string | null = existsSync(python) ? python : missing();

function missing(): null {
  if (process.env['CI']) throw new Error(`no ${python}: run tools/reference/setup.sh clients`);
  return null;
}
