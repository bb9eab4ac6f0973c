/** Credentials that may stand in a message: URL user info, bearer and basic tokens, key=value secrets. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/]*@/gi, '$1***@'],
  [/\b((?:[a-z]+\+)?https?:\/\/)[^\s/?#@]+@/gi, '$1***@'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 ***'],
  [
    /\b(password|passwd|secret|token|api[_-]?key|access[_-]?key)(\s*[=:]\s*)[^\s,;&"']+/gi,
    '$1$2***',
  ],
];

/** Replaces credentials in `text` by `***`. */
export function redactSecrets(text: string): string {
  return patterns.reduce((result, [pattern, by]) => result.replace(pattern, by), text);
}
