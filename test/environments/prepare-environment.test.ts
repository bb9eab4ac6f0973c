/** Environments made for real, with pip and without a network: complete or not there, once for all who want them. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PrepareOptions } from '../../src/contract/runtime.ts';
import { findExecutable } from '../../src/env/find-executable.ts';
import { findPreparedEnvironment, prepareEnvironment } from '../../src/env/prepare-environment.ts';
import { pythons, type TinyModel, writeTinyModel } from './tiny-model.ts';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');

/** How often a build began, by its own words. */
function countBuilds(steps: readonly string[]): number {
  return steps.filter((step) => step.startsWith('making ') && step.endsWith(' and pip')).length;
}

describe.skipIf(pythons.length === 0)('environments (need Python 3.9 or later)', () => {
  let tiny: TinyModel;
  const steps: string[] = [];
  const prepare = (options: PrepareOptions = {}): ReturnType<typeof prepareEnvironment> =>
    prepareEnvironment(tiny.model, {
      ...tiny.options,
      onProgress: ({ step }) => steps.push(step),
      ...options,
    });
  beforeAll(async () => {
    tiny = await writeTinyModel();
  });
  afterEach(() => steps.splice(0));
  afterAll(() => tiny.remove());

  it('are made by one of two, work where they stand, and are found again', async () => {
    expect(await findPreparedEnvironment(tiny.model, tiny.options)).toBeNull();
    const [made, other] = await Promise.all([prepare(), prepare()]);
    expect(other).toEqual(made);
    expect(countBuilds(steps)).toBe(1);
    expect(steps.filter((step) => step.startsWith('waiting for process'))).toHaveLength(1);
    const script = path.join(path.dirname(made.python), 'tiny');
    expect(execFileSync(script, { encoding: 'utf8' })).toBe('tiny 1.0\n');
    expect(made.variables['VIRTUAL_ENV']).toBe(made.directory);
    expect(await findPreparedEnvironment(tiny.model, tiny.options)).toEqual(made);
    expect(leftovers(tiny)).toEqual([]);
  }, 180_000);

  it('with overrides stand beside the plain ones', async () => {
    const plain = await prepare();
    const other = await prepare({ pipRequirementsOverride: ['tiny-pkg==2.0'] });
    expect(other.directory).not.toBe(plain.directory);
    const print = 'import tiny_pkg; tiny_pkg.main()';
    expect(execFileSync(plain.python, ['-c', print], { encoding: 'utf8' })).toBe('tiny 1.0\n');
    expect(execFileSync(other.python, ['-c', print], { encoding: 'utf8' })).toBe('tiny 2.0\n');
  }, 180_000);

  it('that do not fit are made anew, with the reason', async () => {
    const { python, directory } = await prepare();
    const site = execFileSync(python, ['-c', 'import tiny_pkg; print(tiny_pkg.__file__)'], {
      encoding: 'utf8',
    });
    const packages = path.dirname(site.trim());
    rmSync(path.join(packages, 'tiny_pkg-1.0.dist-info'), { recursive: true });
    expect(await findPreparedEnvironment(tiny.model, tiny.options)).toBeNull();
    expect((await prepare()).directory).toBe(directory);
    expect(steps).toContain(`making ${directory} anew: tiny-pkg is not installed`);
  }, 180_000);

  it('that MLflow began and never finished are made anew', async () => {
    const { directory } = await prepare();
    rmSync(directory!, { recursive: true });
    mkdirSync(path.join(directory!, 'bin'), { recursive: true });
    writeFileSync(path.join(directory!, 'bin', 'python'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect((await prepare()).directory).toBe(directory);
    expect(steps).toContain(`making ${directory} anew: its Python does not run`);
  }, 180_000);

  it('fail with the requirement, what helps, and the last lines', async () => {
    const broken = await writeTinyModel({ 'requirements.txt': 'tiny-pkg==3.0' });
    const failure = await prepareEnvironment(broken.model, broken.options).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'ENVIRONMENT_FAILED',
      details: { requirement: 'tiny-pkg==3.0' },
    });
    expect(String(failure)).toContain('--find-links');
    expect(String(failure)).toContain('No matching distribution found for tiny-pkg==3.0');
    expect(readdirSync(broken.options.envRoot!)).toEqual(['.slipway']);
    expect(leftovers(broken)).toEqual([]);
    broken.remove();
  }, 180_000);

  it('survive an abort and a SIGKILL half-way: the next one makes them', async () => {
    const fresh = await writeTinyModel();
    const controller = new AbortController();
    const stopped = prepareEnvironment(fresh.model, {
      ...fresh.options,
      signal: controller.signal,
      onProgress: ({ step }) => step === 'installing the requirements' && controller.abort('stop'),
    });
    await expect(stopped).rejects.toBe('stop');
    expect(leftovers(fresh)).toEqual([]);
    expect(await killHalfWay(fresh)).toBe('SIGKILL');
    expect(leftovers(fresh)).toHaveLength(1);
    expect(readdirSync(fresh.options.envRoot!)).toEqual(['.slipway']);
    const again = spawnSync(process.execPath, [main, 'prepare-env', ...fresh.args], {
      env: fresh.environment,
      encoding: 'utf8',
    });
    expect([again.stderr, again.status]).toEqual([expect.stringContaining('ready: '), 0]);
    const { directory } = JSON.parse(again.stdout) as { readonly directory: string };
    expect(existsSync(path.join(directory, 'pyvenv.cfg'))).toBe(true);
    expect(leftovers(fresh)).toEqual([]);
    fresh.remove();
  }, 180_000);
});

const uv = await findExecutable('uv');

describe.skipIf(pythons.length === 0 || uv === null)('environments made by uv (needs uv)', () => {
  it('work where they stand, and are the same for every manager', async () => {
    const tiny = await writeTinyModel();
    const { noUv: _, ...options } = tiny.options;
    const made = await prepareEnvironment(tiny.model, options);
    const script = path.join(path.dirname(made.python), 'tiny');
    expect(execFileSync(script, { encoding: 'utf8' })).toBe('tiny 1.0\n');
    const other = await findPreparedEnvironment(tiny.model, { ...options, envManager: 'uv' });
    expect(other).toEqual({ ...made, manager: 'uv' });
    tiny.remove();
  }, 60_000);

  it('name the requirement when they fail', async () => {
    const tiny = await writeTinyModel({ 'requirements.txt': 'tiny-pkg==3.0' });
    const { noUv: _, ...options } = tiny.options;
    await expect(prepareEnvironment(tiny.model, options)).rejects.toMatchObject({
      code: 'ENVIRONMENT_FAILED',
      message: expect.stringContaining('--find-links'),
      details: { requirement: 'tiny-pkg==3.0' },
    });
    tiny.remove();
  }, 60_000);
});

/** What stands in the work folder beside locks. */
function leftovers({ options }: TinyModel): readonly string[] {
  const names = readdirSync(path.join(options.envRoot!, '.slipway'));
  return names.filter((name) => !name.includes('.lock.'));
}

/** Runs the command and kills it while pip installs; gives the signal that ended it. */
async function killHalfWay(tiny: TinyModel): Promise<string | null> {
  const child = spawn(process.execPath, [main, 'prepare-env', ...tiny.args], {
    env: tiny.environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (chunk.includes('installing the requirements')) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return child.signalCode;
}
