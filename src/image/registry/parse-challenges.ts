/** What a registry wants of someone it does not let in. Source: RFC 9110 §11.6.1, distribution's token specification. */

/** One demand of a `WWW-Authenticate` header. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: ReadonlyMap<string, string>;
}

/** The demands that can be met; Bearer comes first. */
export function parseChallenges(header: string): readonly Challenge[] {
  const found: Challenge[] = [];
  const part = /\s*,?\s*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*)))?/y;
  let parameters: Map<string, string> | null = null;
  for (let match = part.exec(header); match !== null; match = part.exec(header)) {
    const [, name = '', quoted, bare] = match;
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? bare;
    if (value !== undefined) {
      parameters?.set(name.toLowerCase(), value);
      continue;
    }
    parameters = new Map();
    const scheme = name.toLowerCase();
    if (scheme === 'basic' || scheme === 'bearer') found.push({ scheme, parameters });
  }
  return found.toSorted((a, b) => Number(a.scheme === 'basic') - Number(b.scheme === 'basic'));
}
