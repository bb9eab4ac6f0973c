/** Compiles packages beforehand: a container with a read-only root could not keep what it compiles, and would at each start. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { installerEnvironment } from '../../env/installer-environment.ts';
import { listPythons } from '../../env/list-pythons.ts';
import { runProgram } from '../../env/run-program.ts';
import type { WheelInstallation } from './install-wheels.ts';

/**
 * Compiles with a Python of the same minor version, whose form is the same on every platform; without one here the
 * container compiles when it starts. Compiled files name no time and no folder of this machine.
 */
export async function compilePackages(
  { target, python, onProgress, signal }: WheelInstallation,
  imageFolder: string,
): Promise<void> {
  const environment = { ...installerEnvironment({}), PYTHONHASHSEED: '0' };
  const found = (await listPythons(environment)).find(({ version }) =>
    version.startsWith(`${python}.`),
  );
  if (found === undefined) {
    onProgress?.({
      step: `no Python ${python} here to compile the packages: the container starts slowly`,
    });
    return;
  }
  onProgress?.({ step: `compiling the packages with Python ${found.version}` });
  // Files that do not compile are templates, or for other versions: they stay as they are.
  await runProgram(
    found.file,
    [
      '-s',
      '-m',
      'compileall',
      '-q',
      '-j',
      String(availableParallelism()),
      '--invalidation-mode',
      'unchecked-hash',
      '-s',
      target,
      '-p',
      imageFolder,
      target,
    ],
    {
      environment,
      directory: path.dirname(target),
      ...(signal === undefined ? {} : { signal }),
    },
  );
}
