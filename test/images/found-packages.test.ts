/** Packages found in the layers of an image: what later layers replace or take away is not there. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPackages } from '../../src/image/build/find-packages.ts';
import { scratchBase } from '../../src/image/oci/base-image.ts';
import { writeLayer } from '../../src/image/oci/write-layer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-packages-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Layers from the first to the last, each of texts by their paths. */
async function find(
  layers: readonly Readonly<Record<string, string>>[],
  debian: readonly string[] = [],
): Promise<readonly string[]> {
  const blobs = layers.map(async (texts, at) => {
    const entries = Object.entries(texts).map(([name, text]) => ({
      type: 'file' as const,
      path: name,
      content: Buffer.from(text),
    }));
    const file = path.join(folder, `layer-${at}`);
    return (await writeLayer(entries, { file, createdBy: 'test', mtimeSeconds: 0 })).blob;
  });
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = { ...scratchBase(platform), layers: await Promise.all(blobs) };
  const found = await findPackages(image, new Set(debian));
  return found.map(({ purl = '' }) => purl).toSorted();
}

const packages = 'opt/venv/lib/python3.11/site-packages';
const metadata = (name: string, version: string): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nVersion: 9\n`;

it('of Python, by their own names, and not those inside of others', async () => {
  const first = {
    [`${packages}/scikit_learn-1.5.dist-info/METADATA`]: metadata('scikit-learn', '1.5'),
    [`${packages}/setuptools/_vendor/wheel-1.dist-info/METADATA`]: metadata('wheel', '1'),
    [`${packages}/broken-1.dist-info/METADATA`]: '',
  };
  expect(await find([first])).toEqual(['pkg:pypi/scikit-learn@1.5']);
});

it('that a later layer replaced, removed or hid are gone', async () => {
  const first = {
    [`${packages}/a-1.dist-info/METADATA`]: metadata('a', '1'),
    [`${packages}/b-1.dist-info/METADATA`]: metadata('b', '1'),
    [`${packages}/c-1.dist-info/METADATA`]: metadata('c', '1'),
    'usr/lib/python3/dist-packages/d-1.dist-info/METADATA': metadata('d', '1'),
    'old/site-packages/e-1.dist-info/METADATA': metadata('e', '1'),
  };
  const second = {
    [`${packages}/.wh.a-1.dist-info`]: '',
    [`${packages}/a-2.dist-info/METADATA`]: metadata('a', '2'),
    [`${packages}/b-1.dist-info/METADATA`]: metadata('b', '1.post1'),
    'old/.wh..wh..opq': '',
    'old/site-packages/f-1.dist-info/METADATA': metadata('f', '1'),
  };
  expect(await find([first, second])).toEqual([
    'pkg:pypi/a@2',
    'pkg:pypi/b@1.post1',
    'pkg:pypi/c@1',
    'pkg:pypi/d@1',
    'pkg:pypi/f@1',
  ]);
});

it('of conda, and those of Debian that are asked for', async () => {
  const record = JSON.stringify({ name: 'numpy', version: '2.1.0', build: 'py311h1' });
  const paragraph = (name: string, state: string): string =>
    `Package: ${name}\nStatus: ${state}\nVersion: 17.0.1-2\n`;
  const status = ['openjdk-17-jre-headless', 'bash']
    .map((name) => paragraph(name, 'install ok installed'))
    .concat(paragraph('gone', 'deinstall ok config-files'))
    .join('\n');
  const image = [
    { 'opt/venv/conda-meta/numpy-2.1.0-py311h1.json': record, 'var/lib/dpkg/status': 'old' },
    { 'var/lib/dpkg/status': status },
  ];
  expect(await find(image, ['openjdk-17-jre-headless', 'gone'])).toEqual([
    'pkg:conda/numpy@2.1.0?build=py311h1',
    'pkg:deb/debian/openjdk-17-jre-headless@17.0.1-2',
  ]);
});
