/** Installed packages → the files of a virtual environment in the image, the same on every machine that builds it. */
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayerEntry } from '../oci/layer-entry.ts';
import { collectEntries, foldersAbove } from './collect-entries.ts';

/** Where from, when and by whom; addresses may hold passwords. Programs would name the Python of this machine. */
const traces = new Set(['direct_url.json', 'uv_cache.json', 'INSTALLER', 'REQUESTED']);

/** What the environment is made of. */
export interface EnvironmentFiles {
  /** Folder in the image: `/opt/venv`. */
  readonly folder: string;
  /** The interpreter in the image. */
  readonly interpreter: string;
  /** `3.11`. */
  readonly python: string;
  /** Folder here with what an installer put there. */
  readonly packages: string;
  /** Whether packages of the interpreter itself count too. */
  readonly sharesPackages: boolean;
}

/** Makes the entries. */
export async function virtualEnvironmentEntries(
  files: EnvironmentFiles,
): Promise<readonly LayerEntry[]> {
  const { interpreter, python, packages, sharesPackages } = files;
  const folder = files.folder.replace(/^\/+/, '');
  const settings = [
    `home = ${path.posix.dirname(interpreter)}`,
    `include-system-site-packages = ${sharesPackages}`,
    `version = ${python}`,
  ];
  const programs = ['python', 'python3', `python${python}`].map((name) => ({
    type: 'symlink' as const,
    path: `${folder}/bin/${name}`,
    target: interpreter,
  }));
  return [
    ...foldersAbove(`${folder}/bin/python`),
    {
      type: 'file',
      path: `${folder}/pyvenv.cfg`,
      content: Buffer.from(`${settings.join('\n')}\n`),
    },
    ...programs,
    ...(await installedPrograms(path.join(path.dirname(packages), 'bin'), folder)),
    ...(await collectEntries([
      { source: packages, target: `${folder}/lib/python${python}/site-packages` },
    ])),
  ];
}

/** Moves programs aside, and removes from `packages` what tells of this machine. */
export async function removeTraces(packages: string): Promise<void> {
  await rename(path.join(packages, 'bin'), path.join(path.dirname(packages), 'bin')).catch(
    () => undefined, // none of the packages has programs
  );
  await rm(path.join(packages, '.lock'), { force: true });
  for (const name of await readdir(packages)) {
    if (!name.endsWith('.dist-info')) continue;
    for (const trace of traces) await rm(path.join(packages, name, trace), { force: true });
    await forgetRemoved(path.join(packages, name, 'RECORD'));
  }
}

/** RECORD lists every file with its hash. */
async function forgetRemoved(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return;
  const kept = text.split('\n').filter((line) => {
    const [name = ''] = line.replaceAll('"', '').split(',');
    return !/^(?:\.\.\/)*bin\//.test(name) && !traces.has(path.posix.basename(name));
  });
  await writeFile(file, kept.toSorted().join('\n').trimStart());
}

const scriptLimitBytes = 2 ** 20;

/** Scripts name the Python that installed them; those of the image run with the environment's. */
async function installedPrograms(source: string, folder: string): Promise<readonly LayerEntry[]> {
  const names = await readdir(source).catch(() => []);
  const entries = names.map(async (name): Promise<readonly LayerEntry[]> => {
    const file = path.join(source, name);
    const found = await stat(file);
    if (!found.isFile()) return [];
    const entry = { type: 'file', path: `${folder}/bin/${name}`, mode: 0o755 } as const;
    const text = found.size < scriptLimitBytes ? await readFile(file, 'latin1') : '';
    if (!text.startsWith('#!')) return [{ ...entry, content: { file, sizeBytes: found.size } }];
    const body = scriptBody(text);
    if (body === null) return [];
    return [{ ...entry, content: Buffer.from(`#!/${folder}/bin/python\n${body}`, 'latin1') }];
  });
  return (await Promise.all(entries)).flat();
}

/** What follows the line, or where a path was too long for one the lines, that start Python; null for other scripts. */
function scriptBody(text: string): string | null {
  const [first = '', second = '', third = ''] = text.split('\n', 3);
  if (first.includes('python')) return text.slice(first.length + 1);
  const isLong = first === '#!/bin/sh' && second.startsWith("'''exec'");
  return isLong ? text.slice(first.length + second.length + third.length + 3) : null;
}
