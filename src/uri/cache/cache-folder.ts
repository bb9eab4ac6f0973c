import { homedir } from 'node:os';
import path from 'node:path';

/** Where fetched models are kept: SLIPWAY_CACHE, else the folder that the system has for caches. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const read = (name: string): string => environment[name] ?? '';
  const own = read('SLIPWAY_CACHE');
  if (own !== '') return path.resolve(own, 'models');
  if (process.platform === 'win32' && read('LOCALAPPDATA') !== '') {
    return path.join(read('LOCALAPPDATA'), 'slipway', 'cache', 'models');
  }
  const home = read('HOME') === '' ? homedir() : read('HOME');
  const system =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Caches')
      : path.join(home, '.cache');
  const shared = read('XDG_CACHE_HOME');
  return path.join(shared === '' ? system : shared, 'slipway', 'models');
}
