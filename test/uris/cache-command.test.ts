/** `slipway cache` on a cache that holds two models, and `--offline` and `--no-cache` of the other commands. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { type HttpDouble, startHttpDouble } from './http-double.ts';

const main = path.join(projectRoot, 'dist/cli/main.js');
const proxy = '/api/2.0/mlflow-artifacts/artifacts';
let folder = '';
let double: HttpDouble;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-cache-'));
  double = await startHttpDouble();
  for (const name of ['one', 'two']) {
    double.files
      .set(`${name}/MLmodel`, Buffer.from('flavors:\n  python_function:\n    loader_module: x\n'))
      .set(`${name}/data`, Buffer.alloc(1_000_000, name));
  }
});

afterAll(async () => {
  await double.close();
  await rm(folder, { recursive: true, force: true });
});

async function slipway(...args: readonly string[]): Promise<{ out: string; err: string }> {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    SLIPWAY_CACHE: path.join(folder, 'cache'),
  };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...args], {
      env,
    });
    return { out: stdout, err: stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return { out: stdout, err: stderr };
  }
}

const uriOf = (name: string): string => `${double.url}${proxy}/${name}`;

describe('the command line', () => {
  it('lists what was fetched, and uses it offline', async () => {
    expect((await slipway('cache', 'ls')).out).toBe('');
    for (const name of ['one', 'two']) await slipway('inspect', '-m', uriOf(name));
    const { out } = await slipway('cache', 'ls');
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(out).toContain(`1.0 MB`);
    expect(out).toContain(uriOf('one'));
    const before = double.requests.length;
    const offline = await slipway('inspect', '-m', uriOf('one'), '--offline');
    expect(offline.out).toMatch(/^model +http/);
    expect(double.requests).toHaveLength(before);
  });

  it('keeps no copy with --no-cache', async () => {
    const content = path.join(folder, 'cache/models/content');
    const before = await readdir(content);
    const [key = ''] = before;
    const old = new Date(0);
    await utimes(path.join(content, key, 'entry.json'), old, old);
    const { out } = await slipway('inspect', '-m', uriOf('one'), '--no-cache');
    expect(out).toMatch(/^model +http/);
    expect(await readdir(content)).toEqual(before);
  });

  it('removes by URI and key, prunes by age, and says what it does not know', async () => {
    expect((await slipway('cache', 'prune')).err).toMatch(/removed 1 models, 1\.0 MB/);
    const entries = JSON.parse((await slipway('cache', 'ls', '--json')).out) as { key: string }[];
    expect(entries).toHaveLength(1);
    expect((await slipway('cache', 'rm', 'models:/x')).err).toMatch(/MODEL_NOT_CACHED/);
    const [left] = entries;
    expect((await slipway('cache', 'rm', left?.key.slice(0, 12) ?? '')).err).toMatch(/removed 1/);
    expect((await slipway('cache', 'ls')).out).toBe('');
    const cache = path.join(folder, 'cache/models');
    await slipway('cache', 'prune', '--older-than', '0');
    expect(await readdir(path.join(cache, 'uris'))).toEqual([]);
    expect(await readdir(path.join(cache, 'partial'))).toEqual([]);
  });
});
