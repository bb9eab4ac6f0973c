/** pip's own settings, handed to uv, which does not read them: else it would ask PyPI where a private index was meant. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** What uv is told in pip's words. */
export interface UvSettings {
  readonly variables: Readonly<Record<string, string>>;
  /** Options that uv has no variable for. */
  readonly args: readonly string[];
}

/**
 * Settings for uv that mean what pip's variables and configuration files mean; what uv is told by its own
 * variables stays as it is. Values may hold credentials: never print them.
 */
export async function uvSettings(environment: NodeJS.ProcessEnv): Promise<UvSettings> {
  const settings = { ...(await readPipFiles(environment)), ...pipVariables(environment) };
  const variables: Record<string, string> = {};
  for (const { pip, uv, convert = words } of translations) {
    const value = settings[pip];
    const isSet = uv.some((name) => (environment[name] ?? '') !== '');
    const [name = ''] = uv;
    const converted = value === undefined || isSet ? '' : convert(value);
    if (converted !== '') variables[name] = converted;
  }
  // pip takes the best version of all its indexes, uv by default the first index that has the package
  if ('UV_INDEX' in variables) variables['UV_INDEX_STRATEGY'] = 'unsafe-best-match';
  return {
    variables: { ...variables, ...chosenStrategy(environment) },
    args: isTrue(settings['no-index'] ?? '') ? ['--no-index'] : [],
  };
}

interface Translation {
  readonly pip: string;
  /** The variable to set, and others that mean the same. */
  readonly uv: readonly string[];
  readonly convert?: (value: string) => string;
}

const translations: readonly Translation[] = [
  { pip: 'index-url', uv: ['UV_DEFAULT_INDEX', 'UV_INDEX_URL'] },
  { pip: 'extra-index-url', uv: ['UV_INDEX', 'UV_EXTRA_INDEX_URL'] },
  { pip: 'find-links', uv: ['UV_FIND_LINKS'], convert: commas },
  { pip: 'cert', uv: ['SSL_CERT_FILE'] },
  { pip: 'constraint', uv: ['UV_CONSTRAINT'] },
  { pip: 'trusted-host', uv: ['UV_INSECURE_HOST'] },
  { pip: 'proxy', uv: ['ALL_PROXY', 'HTTPS_PROXY', 'https_proxy', 'all_proxy'] },
  { pip: 'pre', uv: ['UV_PRERELEASE'], convert: (value) => (isTrue(value) ? 'allow' : '') },
  { pip: 'no-binary', uv: ['UV_NO_BINARY_PACKAGE'], convert: packages },
  { pip: 'no-binary', uv: ['UV_NO_BINARY'], convert: everything },
  { pip: 'only-binary', uv: ['UV_NO_BUILD_PACKAGE'], convert: packages },
  { pip: 'only-binary', uv: ['UV_NO_BUILD'], convert: everything },
  { pip: 'require-hashes', uv: ['UV_REQUIRE_HASHES'], convert: flag },
  { pip: 'no-cache-dir', uv: ['UV_NO_CACHE'], convert: flag },
  { pip: 'client-cert', uv: ['SSL_CLIENT_CERT'] },
  { pip: 'timeout', uv: ['UV_HTTP_TIMEOUT'] },
  { pip: 'default-timeout', uv: ['UV_HTTP_TIMEOUT'] },
  { pip: 'keyring-provider', uv: ['UV_KEYRING_PROVIDER'] },
];

function words(value: string): string {
  return value.split(/\s+/).filter(Boolean).join(' ');
}

function commas(value: string): string {
  return value.split(/\s+/).filter(Boolean).join(',');
}

/** `:all:` and `:none:` are not names of packages. */
function packages(value: string): string {
  const names = value.split(/[\s,]+/).filter((name) => name !== '' && !name.startsWith(':'));
  return names.join(' ');
}

function everything(value: string): string {
  return value.split(/[\s,]+/).includes(':all:') ? 'true' : '';
}

function flag(value: string): string {
  return isTrue(value) ? 'true' : '';
}

function isTrue(value: string): boolean {
  return /^(1|true|yes|on)$/i.test(value);
}

function chosenStrategy(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const chosen = environment['UV_INDEX_STRATEGY'];
  return chosen ? { UV_INDEX_STRATEGY: chosen } : {};
}

function pipVariables(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('PIP_') && value !== undefined
      ? [[name.slice(4).toLowerCase().replaceAll('_', '-'), value] as const]
      : [],
  );
  return Object.fromEntries(entries);
}

/** Global, then user, then `PIP_CONFIG_FILE`, the later winning. Source: pip's documentation, "Configuration". */
async function readPipFiles(
  environment: NodeJS.ProcessEnv,
): Promise<Readonly<Record<string, string>>> {
  const settings: Record<string, string> = {};
  for (const file of pipFiles(environment)) {
    const text = await readFile(file, 'utf8').catch(() => '');
    Object.assign(settings, parsePipFile(text));
  }
  return settings;
}

function pipFiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const named = environment['PIP_CONFIG_FILE'];
  if (named === os.devNull) return [];
  const home = environment['HOME'] ?? os.homedir();
  const config = environment['XDG_CONFIG_HOME'] || path.join(home, '.config');
  const shared = (environment['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':').toReversed();
  return [
    ...shared.map((folder) => path.join(folder, 'pip', 'pip.conf')),
    '/etc/pip.conf',
    path.join(home, '.pip', 'pip.conf'),
    path.join(config, 'pip', 'pip.conf'),
    ...(named ? [named] : []),
  ];
}

/** Settings of the sections `[global]` and `[install]`; indented lines go on with the value above. */
export function parsePipFile(text: string): Readonly<Record<string, string>> {
  const sections = { global: new Map<string, string>(), install: new Map<string, string>() };
  let section: Map<string, string> | undefined;
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const head = /^\[(.*)\]\s*$/.exec(line)?.[1];
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (head !== undefined) {
      section = head === 'global' || head === 'install' ? sections[head] : undefined;
    } else if (/^\s/.test(line)) section?.set(key, `${section.get(key) ?? ''} ${line.trim()}`);
    else if (pair !== null) {
      key = (pair[1] ?? '').toLowerCase().replaceAll('_', '-');
      section?.set(key, (pair[2] ?? '').trim());
    }
  }
  return Object.fromEntries([...sections.global, ...sections.install]);
}
