/** Every Python that is there: those of pyenv and uv, which need not be set up, and those on PATH. */
import { readdir, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findExecutable, isExecutable, pathFolders } from './find-executable.ts';
import { askInterpreter, type Interpreter } from './interpreter.ts';
import { compareVersions, parsePythonVersion } from './python-version.ts';

/** An interpreter and who brought it. */
export interface FoundPython extends Interpreter {
  readonly source: 'pyenv' | 'uv' | 'PATH';
}

/** Lists them by version, newest first; of equal ones those of pyenv and uv come before those on PATH. */
export async function listPythons(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly FoundPython[]> {
  const pyenv = await pyenvRoot(environment);
  const [managed, uvManaged, onPath] = await Promise.all([
    pyenv === null ? [] : listVersions(path.join(pyenv, 'versions'), 'pyenv'),
    listVersions(uvRoot(environment), 'uv'),
    listOnPath(environment, pyenv),
  ]);
  const found = await withoutTwins([...managed, ...uvManaged, ...onPath]);
  return found.toSorted((a, b) => compareVersions(versionOf(b), versionOf(a)));
}

/** Root of pyenv: `PYENV_ROOT`, else where the program on PATH stands, else `~/.pyenv`; null without it. */
export async function pyenvRoot(environment: NodeJS.ProcessEnv): Promise<string | null> {
  const program = await findExecutable('pyenv', environment);
  const real = program === null ? null : await realpath(program);
  const roots = [
    environment['PYENV_ROOT'],
    real === null ? undefined : path.resolve(real, '../..'),
    path.join(environment['HOME'] ?? os.homedir(), '.pyenv'),
  ];
  for (const root of roots) {
    if (root && (await isFolder(path.join(root, 'versions')))) return path.resolve(root);
  }
  return null;
}

/** Where uv puts the Pythons that it installs. Source: uv's documentation of `UV_PYTHON_INSTALL_DIR`. */
function uvRoot(environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'] ?? os.homedir();
  const data = environment['XDG_DATA_HOME'] || path.join(home, '.local', 'share');
  return environment['UV_PYTHON_INSTALL_DIR'] || path.join(data, 'uv', 'python');
}

/** Folders are named `3.11.7` by pyenv and `cpython-3.11.7-linux-x86_64-gnu` by uv. */
async function listVersions(folder: string, source: 'pyenv' | 'uv'): Promise<FoundPython[]> {
  const pattern = source === 'pyenv' ? /^(3\.\d+\.\d+)$/ : /^cpython-(3\.\d+\.\d+)-/;
  const found: FoundPython[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const version = pattern.exec(name)?.[1];
    const file = path.join(folder, name, 'bin', 'python3');
    if (version !== undefined && (await isExecutable(file))) found.push({ file, version, source });
  }
  return found;
}

/** `python`, `python3`, `python3.11`… Shims of pyenv stand for what is listed already. */
async function listOnPath(
  environment: NodeJS.ProcessEnv,
  pyenv: string | null,
): Promise<FoundPython[]> {
  const files: string[] = [];
  for (const folder of pathFolders(environment)) {
    if (pyenv !== null && path.resolve(folder) === path.join(pyenv, 'shims')) continue;
    const names = await readdir(folder).catch(() => []);
    const pythons = names.filter((name) => /^python(3(\.\d+)?)?(\.exe)?$/.test(name));
    files.push(...pythons.toSorted().map((name) => path.join(folder, name)));
  }
  const unique = await uniqueFiles(files);
  const asked = await Promise.all(unique.map((file) => askInterpreter(file, { environment })));
  return asked.flatMap((one) =>
    one === null ? [] : [{ file: one.file, version: one.version, source: 'PATH' as const }],
  );
}

async function uniqueFiles(files: readonly string[]): Promise<readonly string[]> {
  const byTarget = new Map<string, string>();
  for (const file of files) {
    const target = await realpath(file).catch(() => file);
    if (!byTarget.has(target)) byTarget.set(target, file);
  }
  return [...byTarget.values()];
}

async function withoutTwins(pythons: readonly FoundPython[]): Promise<FoundPython[]> {
  const files = new Set(await uniqueFiles(pythons.map(({ file }) => file)));
  return pythons.filter(({ file }) => files.delete(file));
}

async function isFolder(folder: string): Promise<boolean> {
  return readdir(folder).then(
    () => true,
    () => false,
  );
}

function versionOf({ version }: Interpreter): readonly number[] {
  return parsePythonVersion(version) ?? [];
}
