/** An environment that was made in one folder is changed so that it works in another; afterwards it can be renamed. */
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Bigger files hold no path that was written at installing. */
const limitBytes = 2 ** 20;

/**
 * Puts `to` in place of `from` wherever installers write the folder of an environment: the first lines and activation
 * scripts in `bin`, pyvenv.cfg, and the files that point at packages installed as editable. Both absolute.
 */
export async function relocateEnvironment(from: string, to: string): Promise<void> {
  for (const file of await filesWithPaths(from)) await replaceIn(file, from, to);
}

async function filesWithPaths(directory: string): Promise<readonly string[]> {
  const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
  const found = [
    path.join(directory, 'pyvenv.cfg'),
    ...(await list(path.join(directory, scripts))),
  ];
  for (const packages of await packageFolders(directory)) {
    for (const entry of await list(packages)) {
      if (/\.(pth|egg-link)$|__editable__.*\.py$/.test(entry)) found.push(entry);
      if (entry.endsWith('.dist-info')) found.push(path.join(entry, 'direct_url.json'));
    }
  }
  return found;
}

/** `lib/python3.11/site-packages`, and that of Windows. */
async function packageFolders(directory: string): Promise<readonly string[]> {
  const lib = path.join(directory, 'lib');
  const versions = (await list(lib)).filter((entry) => path.basename(entry).startsWith('python'));
  return [
    ...versions.map((version) => path.join(version, 'site-packages')),
    path.join(directory, 'Lib', 'site-packages'),
  ];
}

async function list(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.map((name) => path.join(folder, name));
}

/** As bytes: scripts may be in any encoding. Links point out of the environment and stay. */
async function replaceIn(file: string, from: string, to: string): Promise<void> {
  const stats = await lstat(file).catch(() => null);
  if (stats === null || !stats.isFile() || stats.size > limitBytes) return;
  const text = (await readFile(file)).toString('latin1');
  const replaced = text.replaceAll(latin1(from), () => latin1(to));
  if (replaced !== text) await writeFile(file, replaced, 'latin1');
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
