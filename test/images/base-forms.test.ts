/** What can be built upon: layouts and archives of OCI, what docker save wrote, nothing; and what is refused. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleImage, assembleSet } from '../../src/image/oci/assemble-image.ts';
import type { ImageSet } from '../../src/image/oci/image.ts';
import type { LayerEntry } from '../../src/image/oci/layer-entry.ts';
import { ociTypes } from '../../src/image/oci/media-types.ts';
import { createDocument } from '../../src/image/oci/stored-blob.ts';
import { writeArchive } from '../../src/image/oci/write-archive.ts';
import { writeLayout } from '../../src/image/oci/write-layout.ts';
import { writeTar } from '../../src/image/oci/write-tar.ts';
import { openBase } from '../../src/image/open-base.ts';
import { findImageFaults, validateImage } from '../../src/image/validate-image.ts';
import { makeSmallImage, smallConfig } from './small-image.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
let folder: string;
let image: ImageSet;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-bases-'));
  image = await makeSmallImage(folder, { platforms: ['amd64', 'arm64'] });
});
afterAll(() => rm(folder, { recursive: true }));

/** Builds upon the base and validates the whole. */
async function buildUpon(name: string): Promise<ImageSet> {
  const opened = await openBase(name, folder, {});
  const base = await opened.forPlatform(amd64);
  opened.close();
  const built = assembleSet(
    [
      assembleImage({
        platform: amd64,
        base,
        layers: [],
        config: smallConfig,
        annotations: {},
        createdSeconds: 0,
      }),
    ],
    {},
  );
  await validateImage(built);
  return built;
}

async function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of writeTar(entries, 0)) parts.push(part);
  return Buffer.concat(parts);
}

const text = (name: string, content: string | Buffer): LayerEntry => ({
  type: 'file',
  path: name,
  content: Buffer.from(content),
});

describe('a base', () => {
  it('is a layout', async () => {
    const layout = path.join(folder, 'layout');
    await writeLayout(image, layout, ['1', '2']);
    const built = await buildUpon(`oci:${layout}:2`);
    expect(built.images[0]?.layers).toHaveLength(2);
    await expect(buildUpon(`oci:${layout}:3`)).rejects.toThrow(/no image called 3 \(1, 2\)/);
  });

  it('is an archive of ours', async () => {
    const file = path.join(folder, 'archive.tar');
    await writeArchive(image, file, { name: 'base', tags: ['1'] });
    const built = await buildUpon(`tar:${file}`);
    const from = image.images.find(({ platform }) => platform.architecture === 'amd64');
    expect(built.images[0]?.layers.map(({ descriptor }) => descriptor.digest)).toEqual(
      from?.layers.map(({ descriptor }) => descriptor.digest),
    );
  });

  it.each(['plain', 'gzip'])('is what docker save wrote, with layers that are %s', async (form) => {
    const layer = await tarOf([text('etc/hello', 'hello')]);
    const diffId = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
    const config = { ...amd64, rootfs: { type: 'layers', diff_ids: [diffId, diffId] } };
    const manifest = [
      { Config: 'c.json', RepoTags: ['x:1'], Layers: ['a/layer.tar', 'b/layer.tar'] },
    ];
    const file = path.join(folder, `${form}.tar`);
    await writeFile(
      file,
      await tarOf([
        text('c.json', JSON.stringify(config)),
        text('manifest.json', JSON.stringify(manifest)),
        text('a/layer.tar', form === 'gzip' ? gzipSync(layer) : layer),
        // Layers that are the same are links.
        { type: 'symlink', path: 'b/layer.tar', target: '../a/layer.tar' },
      ]),
    );
    const built = await buildUpon(`docker-archive:${file}`);
    expect(built.images[0]?.layers).toHaveLength(2);
  });

  it('is nothing at all', async () => {
    expect((await buildUpon('scratch')).images[0]?.layers).toEqual([]);
  });

  it('is refused when its content is not what its digests say', async () => {
    const layout = path.join(folder, 'broken');
    await writeLayout(image, layout, ['1']);
    const victim = image.images[0]?.layers[1]?.descriptor.digest.slice(7) ?? '';
    const file = path.join(layout, 'blobs', 'sha256', victim);
    const bytes = await readFile(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(buildUpon(`oci:${layout}:1`)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    await expect(buildUpon(`oci:${folder}/nowhere`)).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    });
    await writeFile(path.join(folder, 'text.tar'), 'no archive'.repeat(100));
    await expect(buildUpon(`tar:${folder}/text.tar`)).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
  });
});

describe('validateImage', () => {
  it('finds what does not agree', async () => {
    expect(await findImageFaults(image)).toEqual([]);
    const [first, second] = image.images;
    if (first === undefined || second === undefined) throw new Error('two images');
    const cases: readonly (readonly [ImageSet, RegExp])[] = [
      [{ ...image, images: [first, { ...second, layers: first.layers }] }, /names other layers/],
      [{ ...image, images: [first, { ...second, config: first.config }] }, /names another config/],
      [{ root: first.manifest, images: [second] }, /not that of the only image/],
      [
        {
          ...image,
          images: [{ ...first, platform: { os: 'linux', architecture: 'arm' } }, second],
        },
        /not linux\/arm/,
      ],
      [
        {
          ...image,
          images: [
            { ...first, layers: [withContent(first.layers[0], 'x'), ...first.layers.slice(1)] },
            second,
          ],
        },
        /has content of/,
      ],
      [
        {
          root: createDocument(ociTypes.index, '{"schemaVersion":2,"manifests":[]}'),
          images: [first],
        },
        /does not name/,
      ],
    ];
    for (const [broken, fault] of cases) {
      expect((await findImageFaults(broken)).join('; ')).toMatch(fault);
      await expect(validateImage(broken)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    }
  });
});

type Layer = ImageSet['images'][number]['layers'][number];

function withContent(layer: Layer | undefined, content: string): Layer {
  if (layer === undefined) throw new Error('no layer');
  return { ...createDocument('', content), descriptor: layer.descriptor };
}
