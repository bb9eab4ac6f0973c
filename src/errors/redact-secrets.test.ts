import { expect, it } from 'vitest';
import { redactSecrets } from './redact-secrets.ts';

it.each([
  ['Looking in https://user:secret@host/simple', 'Looking in https://***@host/simple'],
  ['https://user:p@ss@host/x', 'https://***@host/x'],
  ['git+https://ghp_token@github.com/x', 'git+https://***@github.com/x'],
  ['https://host/a?mail=x@y', 'https://host/a?mail=x@y'],
  ['ssh://git@github.com/x', 'ssh://git@github.com/x'],
  ['Authorization: Bearer abcdefgh12345', 'Authorization: Bearer ***'],
  ['token=abc&x=1', 'token=***&x=1'],
])('%s', (text, redacted) => {
  expect(redactSecrets(text)).toBe(redacted);
});
