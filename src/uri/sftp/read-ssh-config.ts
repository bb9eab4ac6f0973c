/** What `~/.ssh/config` says of a host, as far as connecting needs it. */

/** The settings of a host; the first value of each counts. */
export interface SshHostConfig {
  readonly hostname: string | null;
  readonly user: string | null;
  readonly port: number | null;
  readonly identityFiles: readonly string[];
}

/** Reads the blocks whose patterns match `host`. `Match` blocks count for nobody. */
export function readSshConfig(text: string, host: string): SshHostConfig {
  const values = new Map<string, string>();
  const identityFiles: string[] = [];
  let isMeant = true;
  for (const line of text.split(/\r?\n/)) {
    const [, rawName, rawValue = ''] = /^\s*([a-z]+)(?:\s*=\s*|\s+)(.*?)\s*$/i.exec(line) ?? [];
    if (rawName === undefined) continue;
    const name = rawName.toLowerCase();
    const value = rawValue.replace(/^"(.*)"$/, '$1');
    if (name === 'host') isMeant = isHostMeant(value, host);
    else if (name === 'match') isMeant = false;
    else if (isMeant && name === 'identityfile') identityFiles.push(value);
    else if (isMeant && !values.has(name)) values.set(name, value);
  }
  const port = Number(values.get('port'));
  return {
    hostname: values.get('hostname')?.replaceAll('%h', host) ?? null,
    user: values.get('user') ?? null,
    port: Number.isInteger(port) && port > 0 ? port : null,
    identityFiles,
  };
}

function isHostMeant(patterns: string, host: string): boolean {
  const each = patterns.split(/\s+/);
  const test = (pattern: string): boolean => {
    const escaped = pattern.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(host);
  };
  if (each.some((pattern) => pattern.startsWith('!') && test(pattern.slice(1)))) return false;
  return each.some(test);
}
