import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { slipwayVersion } from '../server/slipway-version.ts';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/cli/main.js');
const model = path.join(root, 'examples/diabetes/model');
const example = readFileSync(path.join(model, 'serving_input_example.json'), 'utf8');

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function slipway(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    input,
    env: { ...process.env, ...env },
  });
  return { code: status, stdout, stderr };
}

describe('usage errors', () => {
  it.each([
    [['serve'], "Missing option '--model-uri' / '-m'."],
    [
      ['serve', '-m', 'x', '-p', 'abc'],
      "Invalid value for '--port' / '-p': 'abc' is not a valid integer.",
    ],
    [
      ['serve', '-m', 'x', '-p', '65536'],
      "Invalid value for '--port' / '-p': 65536 is not in the range 0<=x<=65535.",
    ],
    [
      ['serve', '-m', 'x', '-w', '0'],
      "Invalid value for '--workers' / '-w': 0 is not in the range x>=1.",
    ],
    [['serve', '-m', 'x', '--nope'], 'No such option: --nope'],
    [['predict', '-m'], "Option '--model-uri' / '-m' requires an argument."],
    [
      ['predict', '-m', 'x', '--env', 'Ab'],
      "Invalid value for '--env': 'Ab' is not a key value pair (KEY=VALUE).",
    ],
    [
      ['inspect', '-m', 'x', '--runtime', 'julia'],
      "Invalid value for '--runtime': 'julia' is not one of 'auto', 'native', 'python', 'r'.",
    ],
  ])('%j', (args, message) => {
    const program = `slipway ${args[0]}`;
    const { code, stdout, stderr } = slipway(args);
    expect(stderr).toBe(
      `Usage: ${program} [options]\nTry '${program} --help' for help.\n\nError: ${message}\n`,
    );
    expect([code, stdout]).toEqual([2, '']);
  });

  it('of values in the environment name the option too', () => {
    const { code, stderr } = slipway(['serve', '-m', 'x'], { MLFLOW_PORT: 'abc' });
    expect(code).toBe(2);
    expect(stderr).toContain("Invalid value for '--port' / '-p': 'abc' is not a valid integer.");
  });

  it('of unknown commands, also under models', () => {
    expect(slipway(['x'])).toMatchObject({ code: 2, stdout: '' });
    expect(slipway(['models', 'x']).stderr).toContain("Error: No such command 'x'.");
  });

  it('no command prints the help', () => {
    const { code, stderr } = slipway(['models']);
    expect(code).toBe(2);
    expect(stderr).toContain('build-docker');
  });
});

describe('failures', () => {
  it.each([
    [
      ['inspect', '-m', model, '--runtime', 'r'],
      /^slipway: The r runtime .*\[RUNTIME_UNAVAILABLE\]$/,
    ],
    [
      ['serve', '-m', '/nope', '-p', '0', '--runtime', 'r'],
      /^slipway: The r runtime .*\[RUNTIME_UNAVAILABLE\]$/,
    ],
    [['serve', '-m', '/nope', '-p', '0'], /\[MODEL_NOT_FOUND\]$/],
    [['models', 'generate-dockerfile', '--no-conda'], /\[INVALID_OPTION\]$/],
    [['build-docker', '-m', model, '-n', 'X Y'], /\[IMAGE_NAME_INVALID\]$/],
    [['build-docker', '-m', model, '--output', 'nowhere'], /\[INVALID_OPTION\]$/],
    [
      ['build-docker', '-m', model, '--output', 'registry'],
      /names no registry.*\[INVALID_OPTION\]$/,
    ],
    [
      ['predict', '-m', model, '-t', 'xml'],
      /^slipway: Content type must be one of json or csv\. \[INVALID_OPTION\]$/,
    ],
    [
      ['predict', '-m', model, '--env-manager', 'foo'],
      /^slipway: Invalid value for `env_manager`: foo\. Must be one of \['local', 'conda', 'virtualenv', 'uv'\] \[INVALID_OPTION\]$/,
    ],
    [['prepare-env', '-m', model, '--no-conda'], /\[INVALID_OPTION\]$/],
    [['predict', '-m', model, '-i', '/nope.json'], /\[INPUT_FILE_UNREADABLE\]$/],
  ])('%j are one line and exit 1', (args, line) => {
    const { code, stdout, stderr } = slipway(args);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr.trimEnd()).toMatch(line);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('accept only true, false, 1 and 0 in boolean variables', () => {
    const variable = 'MLFLOW_DISABLE_ENV_MANAGER_CONDA_WARNING';
    const args = ['prepare-env', '-m', model, '--env-manager', 'conda'];
    expect(slipway(args, { [variable]: 'yes' }).stderr).toContain('INVALID_ENVIRONMENT_VARIABLE');
    expect(slipway(args, { [variable]: 'TRUE' }).code).toBe(0);
  });
});

describe('commands', () => {
  it('--version', () => {
    expect(slipway(['--version'])).toMatchObject({ code: 0, stdout: `${slipwayVersion}\n` });
  });

  it('predict reads stdin and writes no newline', () => {
    const { code, stdout, stderr } = slipway(['models', 'predict', '-m', model], {}, example);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\{"predictions": \[[0-9.]+, [0-9.]+\]\}$/);
  });

  it('inspect says what scores the model and what else would be needed', () => {
    const { code, stdout } = slipway(['inspect', '-m', model, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      runtime: 'native',
      flavor: 'xgboost',
      canScore: true,
      reasons: [{ runtime: 'native', chosen: true }, { runtime: 'python' }, { runtime: 'r' }],
    });
    expect(slipway(['inspect', '-m', model]).stdout).toContain('runtime    native (xgboost)');
  });

  it('prepare-env checks that the model opens', () => {
    expect(slipway(['prepare-env', '-m', model])).toMatchObject({ code: 0, stdout: '' });
  });
});
