import { describe, expect, it } from 'vitest';
import { demandedPackages, fitsPin } from './check-environment.ts';

describe('pins', () => {
  it.each([
    ['1.2', '1.2.0', true],
    ['1.2.0', '1.2', true],
    ['1.20', '1.2', false],
    ['10.0', '1', false],
    ['1.2.3', '1.2.*', true],
    ['1.20', '1.2.*', false],
    ['2.1.0+cpu', '2.1.0', true],
    ['2.1.0', '2.1.0+cpu', false],
    ['1.0rc1', '1.0.RC-1', true],
    ['1.0.post1', '1.0-1', true],
    ['1.0.dev0', '1.0.dev', true],
    ['1.0a1', '1.0', false],
    ['26.10.19.post1', '26.10.19', false],
    ['2024.1', '2024.01', true],
    ['0.0', '0', true],
  ])('version %s and ==%s', (version, pin, fits) => {
    expect(fitsPin(version, pin)).toBe(fits);
  });
});

it('demands the last of several, and nothing that depends on the machine', () => {
  const lines = [
    'a==1',
    '--extra-index-url https://x',
    './local.whl',
    'b==1; os_name == "nt"',
    'c @ https://x/c.whl',
  ];
  const requirements = [
    ...lines.map((text) => ({ text, isConstraint: false })),
    { text: 'd==1', isConstraint: true },
  ];
  const demanded = demandedPackages({
    python: null,
    spec: { requirements },
    overrides: ['A==2'],
    mlflow: ['-e', '/home/mlflow'],
  });
  expect(demanded.map(({ name, specifiers }) => [name, ...specifiers])).toEqual([
    ['A', '==2'],
    ['c'],
  ]);
});
