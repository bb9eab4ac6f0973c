import { describe, expect, it } from 'vitest';
import { choosePython, pythonNotFound } from './find-python.ts';

const found = ['3.13.0', '3.11.9', '3.11.2', '3.10.13'].map((version) => ({
  file: `/pythons/${version}/bin/python`,
  version,
  source: 'pyenv' as const,
}));

function choose(wanted: string | null): string {
  const chosen = choosePython(wanted, found);
  return chosen === null ? 'none' : `${chosen.python.version}${chosen.isExact ? '' : ' (similar)'}`;
}

describe('of the Pythons that are there', () => {
  it.each([
    ['3.11.2', '3.11.2'],
    ['3.11', '3.11.9'],
    ['3.11.7', '3.11.9 (similar)'],
    ['3.1', 'none'],
    ['3.12.1', 'none'],
    ['3', '3.13.0'],
    [null, '3.13.0'],
  ])('for %s %s is chosen', (wanted, expected) => {
    expect(choose(wanted)).toBe(expected);
  });

  it('none fits: the error says which there are and what helps', () => {
    const { code, message } = pythonNotFound(
      { wanted: '3.9.18', uv: null, environment: {} },
      found,
      {},
    );
    expect(code).toBe('PYTHON_NOT_FOUND');
    expect(message).toContain('There are: 3.13.0 (pyenv), 3.11.9 (pyenv)');
    expect(message).toContain('pyenv install 3.9.18');
    expect(message).toContain('--python 3.10.13');
  });
});
