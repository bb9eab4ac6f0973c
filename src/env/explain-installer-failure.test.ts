import { describe, expect, it } from 'vitest';
import { explainInstallerFailure } from './explain-installer-failure.ts';

const here = { offline: false, pythonVersion: '3.11.7' };

/** Lines as uv 0.13 and pip 26 printed them. */
const cases: readonly (readonly [string, string, string | null, RegExp])[] = [
  [
    'pip: no such version',
    'ERROR: Could not find a version that satisfies the requirement iniconfig==99.0 (from versions: 0.1, 2.3.1)\nERROR: No matching distribution found for iniconfig==99.0',
    'iniconfig==99.0',
    /has no such version/,
  ],
  [
    'uv: no such version',
    'error: No solution found when resolving dependencies\n  cause: Because there is no version of iniconfig==99.0 and you require iniconfig==99.0, we can conclude that your requirements are unsatisfiable.',
    'iniconfig==99.0',
    /has no such version/,
  ],
  [
    'uv: no such package, wrapped',
    '  × No solution found when resolving dependencies:\n  ╰─▶ Because nosuch-zzz was not found in the package registry and you\n      require nosuch-zzz, we can conclude that your requirements are unsatisfiable.',
    'nosuch-zzz',
    /has no such version/,
  ],
  [
    'uv: conflict',
    'cause: Because you require iniconfig==2.0.0 and iniconfig==1.1.0, we can conclude that your requirements are unsatisfiable.',
    'iniconfig==2.0.0',
    /exclude each other/,
  ],
  [
    'pip: conflict',
    'ERROR: Cannot install iniconfig==1.1.0 and iniconfig==2.0.0 because these package versions have conflicting dependencies.',
    'iniconfig==1.1.0',
    /exclude each other/,
  ],
  [
    'uv: hash',
    'error: Failed to download `iniconfig==2.0.0`\n  cause: Hash mismatch for `iniconfig==2.0.0`',
    'iniconfig==2.0.0',
    /not what the hash says/,
  ],
  [
    'pip: hash',
    'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. Otherwise, someone may have tampered with them.\n    iniconfig==2.0.0 from https://x/iniconfig-2.0.0-py3-none-any.whl:',
    'iniconfig==2.0.0',
    /not what the hash says/,
  ],
  [
    'pip: network',
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused')'\nERROR: Could not find a version that satisfies the requirement x==1 (from versions: none)",
    'x==1',
    /cannot be reached/,
  ],
  [
    'uv: network',
    'cause: error sending request for url (https://127.0.0.1:9/simple/x/)\ncause: Connection refused (os error 111)',
    null,
    /cannot be reached/,
  ],
  ['uv: certificate', 'cause: invalid peer certificate: UnknownIssuer', null, /CA bundle/],
  [
    'pip: build',
    "error: command 'gcc' failed: No such file or directory\nERROR: Failed building wheel for foo",
    'foo',
    /compiler/,
  ],
  ['uv: build', 'error: Failed to build `numpy==1.19.0`', 'numpy==1.19.0', /compiler/],
  [
    'pip: syntax',
    "ERROR: Invalid requirement: 'not a requirement !!' (from line 1 of requirements.txt)",
    'not a requirement !!',
    /PEP 508/,
  ],
  ['disk', 'OSError: [Errno 28] No space left on device', null, /disk is full/],
  [
    'venv',
    'The virtual environment was not created because ensurepip is not available.',
    null,
    /venv/,
  ],
  ['anything else', 'Segmentation fault', null, /--verbose/],
];

describe('failures of installers', () => {
  it.each(cases)('%s', (_name, text, requirement, advice) => {
    const found = explainInstallerFailure(text.split('\n'), here);
    expect(found.requirement).toBe(requirement);
    expect(found.advice).toMatch(advice);
  });

  it('without a network point at --find-links', () => {
    const text = 'Because x was not found in the cache and you require x, we can conclude';
    const { advice } = explainInstallerFailure([text], { ...here, offline: true });
    expect(advice).toContain('--find-links');
  });
});
