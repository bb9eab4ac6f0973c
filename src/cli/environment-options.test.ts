import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PrepareOptions } from '../contract/runtime.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from './environment-options.ts';

function read(...args: readonly string[]): PrepareOptions {
  const command = addPrepareOptions(new Command().option('--verbose').exitOverride());
  command.parse(args, { from: 'user' });
  return readPrepareOptions(command.opts<PrepareValues>());
}

afterEach(() => vi.unstubAllEnvs());

describe('options of environments', () => {
  it('default to nothing asked, with installers silent', () => {
    expect(read()).toEqual({ captureOutput: true });
    expect(read('--verbose')).toEqual({ captureOutput: false });
  });

  it('are read', () => {
    const args = ['--env-manager', 'uv', '--python', '3.12', '--no-uv', '--offline'];
    const more = ['--find-links', 'a', '--find-links', 'b', '--install-mlflow'];
    const lists = ['-r', 'x>=1,<2,y', '-r', 'z', '--env', 'A=1=2', '--env', 'B='];
    expect(read(...args, ...more, ...lists)).toEqual({
      envManager: 'uv',
      python: '3.12',
      noUv: true,
      offline: true,
      findLinks: ['a', 'b'],
      installMlflow: true,
      pipRequirementsOverride: ['x>=1,<2', 'y', 'z'],
      extraEnvironment: { A: '1=2', B: '' },
      captureOutput: true,
    });
  });

  it('that local has no use for are refused', () => {
    expect(read('--no-conda').envManager).toBe('local');
    for (const args of [
      ['-r', 'x'],
      ['--env', 'A=1'],
    ]) {
      expect(() => read('--env-manager', 'local', ...args)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });

  it.each([
    ['-r', 'x = = 1'],
    ['--env', '=1'],
    ['--env', 'Ab'],
  ])('%s %s is a usage error', (...args) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
