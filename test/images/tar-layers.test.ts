/** Layers: the bytes of an archive, read back by our reader and by the tar of this machine. */
import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  mkdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectEntries } from '../../src/image/build/collect-entries.ts';
import type { LayerEntry } from '../../src/image/oci/layer-entry.ts';
import { readTarEntries } from '../../src/image/oci/read-tar-entries.ts';
import { encodeTarHeader } from '../../src/image/oci/tar-header.ts';
import { writeLayer } from '../../src/image/oci/write-layer.ts';
import { writeTar } from '../../src/image/oci/write-tar.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-layers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string, text: string): LayerEntry => ({
  type: 'file',
  path: name,
  content: Buffer.from(text),
});

async function readBack(entries: readonly LayerEntry[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of readTarEntries(Readable.from(writeTar(entries, 0)))) {
    const parts: Buffer[] = [];
    for await (const part of entry.content()) parts.push(part);
    found[entry.path] = entry.type === '2' ? `→ ${entry.target}` : Buffer.concat(parts).toString();
  }
  return found;
}

const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 90 })
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');

describe('an archive', () => {
  it('holds any path and any content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.string()), {
          maxLength: 6,
        }),
        async (pairs) => {
          const texts = new Map(pairs.map(([parts, text]) => [`d/${parts.join('/')}`, text]));
          const entries = Array.from(texts, ([name, text]) => file(name, text));
          expect(await readBack(entries)).toEqual(Object.fromEntries(texts));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is read by tar: long paths, links, modes', async () => {
    const long = `${'folder/'.repeat(30)}naïve-${'x'.repeat(60)}.txt`;
    const entries: readonly LayerEntry[] = [
      file(long, 'long'),
      { type: 'symlink', path: 'link', target: long },
      { type: 'file', path: 'program', mode: 0o755, content: Buffer.from('#!') },
      { type: 'directory', path: 'empty' },
    ];
    const archive = path.join(folder, 'plain.tar');
    const parts: Buffer[] = [];
    for await (const part of writeTar(entries, 86_400)) parts.push(part);
    writeFileSync(archive, Buffer.concat(parts));
    mkdirSync(path.join(folder, 'out'));
    execFileSync('tar', ['-xf', archive, '-C', path.join(folder, 'out')]);
    expect(readFileSync(path.join(folder, 'out', 'link'), 'utf8')).toBe('long');
    const listed = execFileSync('tar', ['--utc', '--numeric-owner', '-tvf', archive, 'program']);
    expect(listed.toString()).toMatch(/^-rwxr-xr-x 0\/0 +2 1970-01-02 00:00 program/);
  });

  it('has a size beyond what octal digits can say', () => {
    const huge: LayerEntry = {
      type: 'file',
      path: 'huge',
      content: { file: '', sizeBytes: 2 ** 34 },
    };
    expect(encodeTarHeader(huge, 0).toString('latin1')).toContain('20 size=17179869184\n');
  });

  it('has each path once, in the order of their bytes', async () => {
    const names: string[] = [];
    const entries = ['b', 'a/b', 'a', 'a-b', 'a/b'].map((name) => file(name, name));
    for await (const { path: name } of readTarEntries(Readable.from(writeTar(entries, 0)))) {
      names.push(name);
    }
    expect(names).toEqual(['a', 'a-b', 'a/b', 'b']);
  });
});

describe('a layer', () => {
  it('is the same whatever the clock, the disk and the order of the files say', async () => {
    const digests: string[] = [];
    for (const [at, names] of [
      ['x', 'y'],
      ['y', 'x'],
    ].entries()) {
      const source = path.join(folder, `model-${at}`);
      mkdirSync(path.join(source, 'sub'), { recursive: true });
      for (const name of names) writeFileSync(path.join(source, 'sub', name), `content of ${name}`);
      symlinkSync('sub/x', path.join(source, 'inner'));
      utimesSync(path.join(source, 'sub', 'x'), 1000 * at, 5);
      const entries = await collectEntries([{ source, target: '/opt/ml/model' }]);
      const layer = await writeLayer(entries, {
        file: path.join(folder, `layer-${at}`),
        createdBy: 'test',
        mtimeSeconds: 0,
      });
      digests.push(layer.blob.descriptor.digest, layer.diffId);
    }
    expect(digests.slice(0, 2)).toEqual(digests.slice(2));
    const names: string[] = [];
    const plain = createReadStream(path.join(folder, 'layer-0')).pipe(createGunzip());
    for await (const { path: name } of readTarEntries(plain)) names.push(name);
    expect(names).toEqual([
      'opt/ml',
      'opt/ml/model',
      'opt/ml/model/inner',
      'opt/ml/model/sub',
      'opt/ml/model/sub/x',
      'opt/ml/model/sub/y',
    ]);
    const [header] = [readFileSync(path.join(folder, 'layer-0')).subarray(0, 10)];
    expect(header?.toString('hex')).toMatch(/^1f8b0800000000000.ff$/);
  });

  it('copies what a link to elsewhere names, and refuses one to nowhere', async () => {
    const source = path.join(folder, 'linked');
    mkdirSync(source);
    writeFileSync(path.join(folder, 'outside.bin'), 'outside');
    symlinkSync(path.join(folder, 'outside.bin'), path.join(source, 'weights'));
    const entries = await collectEntries([{ source, target: 'm' }]);
    expect(entries.find((entry) => entry.path === 'm/weights')).toMatchObject({ type: 'file' });
    symlinkSync('nowhere', path.join(source, 'broken'));
    await expect(collectEntries([{ source, target: 'm' }])).rejects.toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
    });
  });
});
