/** Linux can signal a process when the one that started it dies, however it dies. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Program and arguments of a process to start. */
export type CommandLine = readonly [program: string, ...args: string[]];

/**
 * The command line behind `setpriv`, which asks the kernel for the signal and becomes the program;
 * as it is where there is no such setpriv (busybox's cannot).
 */
export function withParentDeathSignal(command: CommandLine, signal: 'TERM' | 'KILL'): CommandLine {
  setpriv ??= findSetpriv();
  return setpriv === '' ? command : [setpriv, '--pdeathsig', signal, '--', ...command];
}

/** Its path, as the environment of the process to start may have another PATH. Empty: there is none. */
let setpriv: string | undefined;

function findSetpriv(): string {
  if (process.platform !== 'linux') return '';
  const found = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, 'setpriv'))
    .find((file) => path.isAbsolute(file) && isExecutable(file));
  if (found === undefined) return '';
  const tried = spawnSync(found, ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? found : '';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
