import { createHmac } from 'node:crypto';

/**
 * Does `text`, the content of a `known_hosts` file, hold `key` for the host? null where it holds no key for it at all.
 * Names may be hashed, patterns hold `*` and `?`. Source: sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 */
export function isKnownHost(text: string, host: string, port: number, key: Buffer): boolean | null {
  const name = port === 22 ? host : `[${host}]:${port}`;
  let isNamed = false;
  for (const line of text.split(/\r?\n/)) {
    const fields = line.trim().split(/\s+/);
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : null;
    const [names = '', , encoded = ''] = fields;
    if (names === '' || names.startsWith('#') || marker === '@cert-authority') continue;
    if (!matches(names, name)) continue;
    const isSame = Buffer.from(encoded, 'base64').equals(key);
    if (isSame && marker === '@revoked') return false;
    if (isSame) return true;
    isNamed = true;
  }
  return isNamed ? false : null;
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = names.split('|');
    const sum = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64');
    return sum === hash;
  }
  const patterns = names.split(',');
  if (patterns.some((each) => each.startsWith('!') && toPattern(each.slice(1)).test(name))) {
    return false;
  }
  return patterns.some((each) => toPattern(each).test(name));
}

function toPattern(text: string): RegExp {
  const escaped = text.replaceAll(/[\\^$.|+()[\]{}]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
