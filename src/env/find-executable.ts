/** Programs on PATH. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Path of the first program called `name` on PATH, or null; a name with a folder is looked up as it is. */
export async function findExecutable(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | null> {
  const [first] = await findExecutables(name, environment);
  return first ?? null;
}

/** Every program called `name` on PATH, in its order. */
export async function findExecutables(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  if (/[/\\]/.test(name)) return (await isExecutable(name)) ? [path.resolve(name)] : [];
  const found: string[] = [];
  for (const folder of pathFolders(environment)) {
    for (const suffix of process.platform === 'win32' ? ['.exe', ''] : ['']) {
      const file = path.join(folder, name + suffix);
      if (await isExecutable(file)) found.push(file);
    }
  }
  return found;
}

/** The folders of PATH, each once. */
export function pathFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter((one) => one !== '');
  return [...new Set(folders)];
}

/** True for a file that may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
