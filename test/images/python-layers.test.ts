/** Python models without a daemon: wheels into a layer, from an index behind a password that is nowhere afterwards. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { buildImage } from '../../src/backend/build-image.ts';
import type { BuiltImage } from '../../src/contract/build-image.ts';
import { assembleImage, assembleSet } from '../../src/image/oci/assemble-image.ts';
import { scratchBase } from '../../src/image/oci/base-image.ts';
import type { ImageSet } from '../../src/image/oci/image.ts';
import { openPlain } from '../../src/image/oci/open-plain.ts';
import { readTarEntries } from '../../src/image/oci/read-tar-entries.ts';
import { writeLayer } from '../../src/image/oci/write-layer.ts';
import { pushImage } from '../../src/image/registry/push-image.ts';
import { RegistryClient } from '../../src/image/registry/registry-client.ts';
import { readImage } from '../../src/image/read-image.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { pythons, type TinyModel, writeTinyModel } from '../environments/tiny-model.ts';
import { writeTinyWheel } from '../environments/tiny-wheel.ts';
import { type FakeRegistry, startFakeRegistry } from './fake-registry.ts';
import { smallConfig } from './small-image.ts';

const secret = 'hunter2-of-the-index';
const [python] = pythons;
const minor = /^3\.\d+/.exec(python?.version ?? '')?.[0] ?? '3';
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

describe.skipIf(python === undefined && !process.env['CI'])(
  'an image of a Python model (needs Python)',
  { timeout: 60_000 },
  () => {
    let tiny: TinyModel;
    let registry: FakeRegistry;
    let index: http.Server;
    const before = { ...process.env };

    beforeAll(async () => {
      tiny = await writeTinyModel();
      writeTinyWheel(tiny.wheels, '3.17.2', '', 'mlflow');
      mkdirSync(path.join(tiny.folder, 'images'));
      registry = await startFakeRegistry();
      index = await startIndex(tiny.wheels);
      const files = { python: `usr/bin/python${minor}`, node: 'usr/local/bin/node' };
      await pushBase(registry, tiny.folder, `library/python`, files.python);
      await pushBase(registry, tiny.folder, `library/node`, files.node);
      const { port } = index.address() as AddressInfo;
      Object.assign(process.env, {
        PIP_INDEX_URL: `http://user:${secret}@127.0.0.1:${port}/simple/`,
        PIP_CONFIG_FILE: '/dev/null',
        SLIPWAY_CACHE: path.join(tiny.folder, 'cache'),
        SLIPWAY_REGISTRY_MIRRORS: `docker.io=${registry.host}`,
      });
      for (const name of ['PIP_EXTRA_INDEX_URL', 'PIP_NO_INDEX', 'PIP_FIND_LINKS']) {
        delete process.env[name];
      }
    });
    afterAll(async () => {
      process.env = before;
      index.close();
      index.closeAllConnections();
      await registry.close();
      tiny.remove();
    });

    const build = (output: string, modelFolder?: string): Promise<BuiltImage> =>
      buildImage(
        modelFolder ?? tiny.model.directory,
        resolveBackendOptions({ runtime: 'python' }),
        {
          imageName: 'tiny:1',
          recipe: {},
          build: { builder: 'oci', output },
        },
      );

    it('has the packages in an environment over the Python of the base, and the same bytes each time', async () => {
      const layout = path.join(tiny.folder, 'images', 'first');
      const { digest } = await build(`oci:${layout}`);
      const image = await readImage(layout, '1');
      await validateImage(image);
      const files = await filesIn(image);
      const packages = `opt/venv/lib/python${minor}/site-packages`;
      expect(files.get(`${packages}/tiny_pkg.py`)).toContain('tiny 1.0');
      expect(files.get('opt/venv/bin/python3')).toBe(`→ /usr/bin/python${minor}`);
      expect(files.get('opt/venv/pyvenv.cfg')).toContain('home = /usr/bin\n');
      expect(files.get('usr/local/bin/node')).toContain('usr/local/bin/node');
      const compiled = [...files.keys()].filter((name) => name.endsWith('.pyc'));
      expect(compiled.length).toBeGreaterThan(1);
      expect(files.get('opt/venv/bin/tiny')).toMatch(
        /^#!\/opt\/venv\/bin\/python\n[^!]*import main/,
      );
      const again = path.join(tiny.folder, 'images', 'again');
      expect((await build(`oci:${again}`)).digest).toBe(digest);
      const config = JSON.parse(image.images[0]?.config.bytes.toString() ?? '') as {
        config: { Env: string[] };
      };
      expect(config.config.Env).toContain('VIRTUAL_ENV=/opt/venv');
      expect(config.config.Env.find((line) => line.startsWith('PATH='))).toMatch(
        /^PATH=\/opt\/venv\/bin:/,
      );
    });

    it('holds nothing of the password, in no layer, label or history', async () => {
      const image = await readImage(path.join(tiny.folder, 'images', 'first'), '1');
      const texts = [
        image.root.bytes,
        ...image.images.flatMap((one) => [one.config.bytes, one.manifest.bytes]),
      ];
      for (const bytes of texts) expect(bytes.includes(secret)).toBe(false);
      const files = await filesIn(image);
      expect(files.size).toBeGreaterThan(10);
      for (const [name, text] of files)
        expect(`${name} ${text.includes(secret)}`).toBe(`${name} false`);
    });

    it('says which package has no wheel, and who builds it', async () => {
      const other = await writeTinyModel({
        'requirements.txt': 'only-source==1.0\nmlflow==3.17.2',
      });
      const output = `oci:${path.join(tiny.folder, 'images', 'none')}`;
      const refused = await build(output, other.model.directory).catch((error: unknown) => error);
      other.remove();
      expect(refused).toMatchObject({ code: 'IMAGE_BUILD_FAILED' });
      const { message } = refused as Error;
      expect(message).toMatch(
        /^only-source(==1\.0)? has no wheel for Python 3\.\d+ on linux\/\w+, .*--builder docker/,
      );
      expect(message).not.toContain(secret);
    });

    it('says that the base has no such Python', async () => {
      const other = await writeTinyModel({
        'python_env.yaml': 'python: 3.5.1\ndependencies:\n- -r requirements.txt\n',
      });
      registry.manifests.set('library/python@3.5.1-slim', base(registry, minor));
      const refused = build('oci:/nowhere', other.model.directory);
      await expect(refused).rejects.toThrow(/no Python 3\.5 .*--base-image/);
      other.remove();
    });
  },
);

function base(registry: FakeRegistry, version: string): { type: string; bytes: Buffer } {
  const found = [...registry.manifests].find(([key]) => key.startsWith('library/python@'));
  if (found === undefined) throw new Error(`no base with Python ${version}`);
  return found[1];
}

/** An image of one file, under the tags that recipes name. */
async function pushBase(
  registry: FakeRegistry,
  folder: string,
  repository: string,
  file: string,
): Promise<void> {
  const platform = { os: 'linux', architecture };
  const layer = await writeLayer([{ type: 'file', path: file, content: Buffer.from(file) }], {
    file: path.join(folder, `base-${repository.replace('/', '-')}`),
    createdBy: 'test',
    mtimeSeconds: 0,
  });
  const image = assembleSet(
    [
      assembleImage({
        platform,
        base: scratchBase(platform),
        layers: [layer],
        config: smallConfig,
        annotations: {},
        createdSeconds: 0,
      }),
    ],
    {},
  );
  const client = new RegistryClient(registry.host, repository, { maxRetries: 0 });
  const tags = repository.endsWith('node') ? ['22-slim'] : [`${python?.version ?? '3'}-slim`];
  await pushImage(client, { image, tags });
  client.close();
}

/** Path → content of everything in the image, the last layer winning. */
async function filesIn({ images }: ImageSet): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const layer of images[0]?.layers ?? []) {
    for await (const entry of readTarEntries(await openPlain(layer))) {
      const parts: Buffer[] = [];
      for await (const part of entry.content()) parts.push(part);
      if (entry.type === '2') files.set(entry.path, `→ ${entry.target}`);
      if (entry.type === '0') files.set(entry.path, Buffer.concat(parts).toString('latin1'));
    }
  }
  return files;
}

/** A package index that asks for a password; of one package it has the source alone. */
async function startIndex(wheels: string): Promise<http.Server> {
  execFileSync('tar', ['-czf', path.join(wheels, 'only_source-1.0.tar.gz'), '-T', '/dev/null']);
  const expected = `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`;
  const server = http.createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
      return;
    }
    const [, kind, name = ''] = (request.url ?? '').split('/');
    if (kind === 'files') {
      response.end(readFileSync(path.join(wheels, path.basename(name))));
      return;
    }
    const wanted = (request.url ?? '').split('/')[2]?.replaceAll('-', '_') ?? '';
    const files = readdirSync(wheels).filter((file) => file.startsWith(`${wanted}-`));
    const links = files.map((file) => `<a href="/files/${file}">${file}</a>`);
    response.writeHead(files.length === 0 ? 404 : 200, { 'content-type': 'text/html' });
    response.end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
