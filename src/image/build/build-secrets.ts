/** How this machine reaches its package index, as secrets of a build: files that are mounted while packages are installed. */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ImageRecipe } from '../../contract/image-recipe.ts';
import { quoteArgument } from '../dockerfile/quote.ts';

/** Variables of pip and uv that say where packages are and who asks for them; all may hold credentials. */
const settings =
  /^(?:PIP_(?:INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|NO_INDEX|TIMEOUT|DEFAULT_TIMEOUT|RETRIES)|UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|INDEX_STRATEGY|INSECURE_HOST|HTTP_TIMEOUT|KEYRING_PROVIDER|PYTHON_INSTALL_MIRROR|INDEX_\w+_(?:USERNAME|PASSWORD)))$/;

/**
 * Writes them into `folder`, which must be no part of what the builder gets; gives the arguments that name them. None
 * for an image that installs no packages.
 */
export async function buildSecrets(
  { steps }: ImageRecipe,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  if (!steps.some(({ kind }) => kind === 'python')) return [];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const files: string[] = [];
  for (const [name, candidates] of secretFiles(environment)) {
    const source = candidates.find((file) => file !== undefined && existsSync(file));
    if (source === undefined) continue;
    await copyFile(source, path.join(folder, name));
    files.push(name);
  }
  const lines = Object.entries(environment).flatMap(([name, value]) =>
    settings.test(name) ? settingLine(name, value) : [],
  );
  if (lines.length > 0) {
    await writeFile(path.join(folder, 'installer.env'), lines.join(''), { mode: 0o600 });
    files.push('installer.env');
  }
  return files.flatMap((name) => ['--secret', `id=${name},src=${path.join(folder, name)}`]);
}

/** Name of the secret → where its file may be, the first that is there counting. */
function secretFiles(
  environment: NodeJS.ProcessEnv,
): ReadonlyMap<string, readonly (string | undefined)[]> {
  const home = environment['HOME'] ?? os.homedir();
  const config = environment['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  const pip = [
    environment['PIP_CONFIG_FILE'],
    path.join(config, 'pip/pip.conf'),
    path.join(home, '.pip/pip.conf'),
    '/etc/pip.conf',
  ];
  const { PIP_CERT: cert, SSL_CERT_FILE: sslCert, REQUESTS_CA_BUNDLE: bundle } = environment;
  return new Map([
    ['pip.conf', pip],
    [
      'uv.toml',
      [environment['UV_CONFIG_FILE'], path.join(config, 'uv/uv.toml'), '/etc/uv/uv.toml'],
    ],
    ['netrc', [environment['NETRC'], path.join(home, '.netrc')]],
    ['ca.pem', [cert, certificatesOf(pip), sslCert, bundle]],
  ]);
}

/** What pip's file says of certificates is a path of this machine. */
function certificatesOf(files: readonly (string | undefined)[]): string | undefined {
  const file = files.find((one) => one !== undefined && existsSync(one));
  if (file === undefined) return undefined;
  return /^cert\s*[=:]\s*(.+)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim();
}

/** Folders of this machine are not in the image. */
function settingLine(name: string, value: string | undefined): readonly string[] {
  const words = (value ?? '').split(/\s+/).filter((word) => !/^(?:file:|[./~])/.test(word));
  const text = words.join(' ');
  return text === '' ? [] : [`export ${name}=${quoteArgument(text)}\n`];
}
