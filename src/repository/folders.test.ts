/** Folders of models: which models there are, and when one of them has changed. */
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderSource } from './folder-source.ts';
import { scanModels } from './models-folder.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-folders-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, text = 'flavors: {}\n'): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}

describe('scanModels', () => {
  it('finds models and versions, through links too, and nothing else', async () => {
    put('plain/MLmodel');
    put('versions/2/MLmodel');
    put('versions/10/MLmodel');
    put('versions/draft/MLmodel');
    put('versions/3/notes.txt');
    put('.hidden/MLmodel');
    put('empty/readme.md');
    put('readme.md');
    symlinkSync(path.join(folder, 'plain'), path.join(folder, 'link'));
    const units = await scanModels(folder);
    const found = units.map(({ id, name, version }) => `${id}: ${name} ${version}`);
    expect(found.toSorted()).toEqual([
      'link: link null',
      'plain: plain null',
      'versions/10: versions 10',
      'versions/2: versions 2',
    ]);
    expect(units.find(({ id }) => id === 'versions/2')?.uri).toBe(path.join(folder, 'versions/2'));
  });

  it('refuses what is not a folder, and a model', async () => {
    const missing = { code: 'MODEL_NOT_FOUND' };
    await expect(scanModels(path.join(folder, 'nope'))).rejects.toMatchObject(missing);
    put('MLmodel');
    await expect(scanModels(folder)).rejects.toThrow('is a model itself; serve it with -m');
  });
});

describe('folderSource', () => {
  const current = (): Promise<string> =>
    folderSource(folder).currentVersion(new AbortController().signal);

  it.each([
    ['a file is written', () => put('MLmodel', 'other: {}\n')],
    ['only the time of a file changes', () => utimesSync(path.join(folder, 'MLmodel'), 1, 1)],
    ['a file below is added', () => put('data/weights', 'x')],
    ['a file is renamed', () => renameSync(path.join(folder, 'model'), path.join(folder, 'other'))],
  ])('changes when %s', async (_what, change) => {
    put('MLmodel');
    put('model', 'weights');
    const before = await current();
    expect(await current()).toBe(before);
    change();
    expect(await current()).not.toBe(before);
  });

  it('cannot be told while there is no MLmodel file', async () => {
    put('model', 'weights');
    await expect(current()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('does not change when Python compiles what it loads from there', async () => {
    put('MLmodel');
    put('code/model.py');
    const before = await current();
    put('code/__pycache__/model.cpython-311.pyc', 'x');
    expect(await current()).toBe(before);
  });
});
