/** A Python interpreter: where it is, which version, asked from itself. */
import path from 'node:path';
import { runProgram, type RunProgramOptions } from './run-program.ts';

/** An interpreter that runs. */
export interface Interpreter {
  /** The interpreter itself, not a shim before it. */
  readonly file: string;
  /** `3.11.7`. */
  readonly version: string;
}

/** What {@link askInterpreter} learns; `hasMlflow` says whether it could be imported. */
export interface AskedInterpreter extends Interpreter {
  readonly hasMlflow: boolean;
}

/** Finds the package without importing it: that would take seconds. */
const question = `
import sys, importlib.util
version = ".".join(map(str, sys.version_info[:3]))
print(sys.executable, version, importlib.util.find_spec("mlflow") is not None, sep="\\n")
`;

/** Runs `file` and asks it; null where it does not run or is older than Python 3. */
export async function askInterpreter(
  file: string,
  options: Pick<RunProgramOptions, 'environment' | 'signal'> = {},
): Promise<AskedInterpreter | null> {
  const { code, stdout } = await runProgram(file, ['-c', question], options);
  const [executable = '', version = '', hasMlflow] = stdout.trim().split(/\r?\n/).slice(-3);
  if (code !== 0 || !/^\d+\.\d+\.\d+$/.test(version)) return null;
  return { file: executable || file, version, hasMlflow: hasMlflow === 'True' };
}

/** Where the interpreter of an environment stands. */
export function interpreterIn(directory: string): string {
  return process.platform === 'win32'
    ? path.join(directory, 'Scripts', 'python.exe')
    : path.join(directory, 'bin', 'python');
}
