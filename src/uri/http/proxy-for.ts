/** Which proxy stands between here and a host, by the variables that curl and requests read. */

/** The proxy for `url`; null for a direct connection. Lower-case names come first, as in curl. */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | null {
  if (isExempt(url, read(environment, 'no_proxy'))) return null;
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const text = read(environment, name) || read(environment, 'all_proxy');
  if (text === '') return null;
  const proxy = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(proxy) && /^https?:/.test(proxy) ? new URL(proxy) : null;
}

function read(environment: NodeJS.ProcessEnv, name: string): string {
  return environment[name] ?? environment[name.toUpperCase()] ?? '';
}

function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', entryPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (entryPort !== undefined && entryPort !== port) return false;
      const suffix = name.replace(/^\*?\./, '');
      return host === suffix || host.endsWith(`.${suffix}`);
    });
}
