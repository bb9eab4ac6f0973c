/** How registries are spoken to: who we are and who hears it, what is sent twice and what not at all. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ImageSet } from '../../src/image/oci/image.ts';
import { createSbom, sbomReferrer } from '../../src/image/build/create-sbom.ts';
import { pushImage } from '../../src/image/registry/push-image.ts';
import { openRegistryBase } from '../../src/image/registry/registry-base.ts';
import { RegistryClient } from '../../src/image/registry/registry-client.ts';
import type { RegistryOptions } from '../../src/image/registry/registry-options.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from './fake-registry.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { makeSmallImage } from './small-image.ts';
import { storedImage } from './stored-image.ts';

const secret = 'correct-horse';
const quick = { maxRetries: 3, backoffMs: 1, timeoutMs: 5000 };
const userPass = { username: 'user', password: secret };

const runFile = promisify(execFile);
const main = path.join(projectRoot, 'dist/cli/main.js');
const diabetes = path.join(projectRoot, 'examples/diabetes/model');

let folder: string;
let image: ImageSet;
const open: FakeRegistry[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-registry-'));
  image = await makeSmallImage(folder, { sizeBytes: 300_000 });
});
afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close();
});
afterAll(() => rm(folder, { recursive: true }));

async function start(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const registry = await startFakeRegistry(options);
  open.push(registry);
  return registry;
}

async function push(
  { host }: FakeRegistry,
  options: RegistryOptions = {},
  repository = 'team/model',
): Promise<void> {
  const client = new RegistryClient(host, repository, { ...quick, ...options });
  try {
    await pushImage(client, { image, tags: ['1', 'latest'] });
  } finally {
    client.close();
  }
}

/** A folder of docker's with `config` in it, as an environment. */
async function dockerConfig(
  config: unknown,
  more: NodeJS.ProcessEnv = {},
): Promise<NodeJS.ProcessEnv> {
  const directory = await mkdtemp(path.join(folder, 'docker-'));
  await writeFile(path.join(directory, 'config.json'), JSON.stringify(config));
  return { ...process.env, HOME: directory, DOCKER_CONFIG: directory, ...more };
}

const auth = Buffer.from(`user:${secret}`).toString('base64');

describe('authorization', () => {
  it.each(['basic', 'bearer'] as const)('%s, with what docker login left', async (kind) => {
    const registry = await start({ auth: kind, ...userPass });
    await push(registry, {
      environment: await dockerConfig({ auths: { [registry.host]: { auth } } }),
    });
    const there = storedImage(registry, 'team/model', 'latest');
    expect(there?.root.descriptor.digest).toBe(image.root.descriptor.digest);
    if (there !== null) await validateImage(there);
  });

  it('bearer, by the built command, whether or not it has been compiled before', async () => {
    const registry = await start({ auth: 'bearer', ...userPass });
    const env = await dockerConfig({ auths: { [registry.host]: { auth } } });
    for (const tag of ['first', 'second']) {
      const name = ['-n', `${registry.host}/team/built:${tag}`, '--base-image', 'scratch'];
      await runFile(process.execPath, [main, 'build-docker', '-m', diabetes, ...name], { env });
      expect(registry.manifests.has(`team/built@${tag}`)).toBe(true);
    }
  });

  it('comes from a credential helper', async () => {
    const registry = await start({ auth: 'basic', ...userPass });
    const bin = path.join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const program = path.join(bin, 'docker-credential-fake');
    const answer = JSON.stringify({ ServerURL: registry.host, Username: 'user', Secret: secret });
    await writeFile(
      program,
      `#!/bin/sh\nread host\n[ "$1 $host" = "get ${registry.host}" ] && echo '${answer}'\n`,
    );
    await chmod(program, 0o755);
    const PATH = `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`;
    const own = { credHelpers: { [registry.host]: 'fake' } };
    await push(registry, { environment: await dockerConfig(own, { PATH }) });
    await push(registry, { environment: await dockerConfig({ credsStore: 'fake' }, { PATH }) });
    expect(storedImage(registry, 'team/model', '1')).not.toBeNull();
    const missing = push(registry, {
      environment: await dockerConfig({ credHelpers: { [registry.host]: 'absent' } }),
    });
    await expect(missing).rejects.toThrow(/docker-credential-absent, which is not on PATH/);
  });

  it.each(['basic', 'bearer'] as const)(
    '%s, refused in one line without the secret',
    async (kind) => {
      const registry = await start({ auth: kind, username: 'user', password: 'another' });
      const environment = await dockerConfig({ auths: { [registry.host]: { auth } } });
      const failure = await push(registry, { environment }).catch(
        (error: unknown) => error as Error,
      );
      expect(failure).toMatchObject({ code: 'REGISTRY_ACCESS_DENIED' });
      const { message } = failure as Error;
      expect(message).toContain(`docker login ${registry.host}`);
      expect(message).not.toMatch(/\n/);
      expect(JSON.stringify(failure)).not.toContain(secret);
      expect(message).not.toContain(auth);
    },
  );

  it('does not follow a redirect to another host', async () => {
    const elsewhere = await start();
    for (const [digest, bytes] of await contents()) elsewhere.blobs.set(digest, bytes);
    const registry = await start({
      auth: 'basic',
      ...userPass,
      fault: ({ method, path: place }) =>
        method === 'GET' && place.includes('/blobs/sha256:')
          ? { kind: 'redirect', to: `http://${elsewhere.host}${place}` }
          : null,
    });
    const environment = await dockerConfig(
      { auths: { [registry.host]: { auth } } },
      { SLIPWAY_CACHE: path.join(folder, 'cache') },
    );
    await push(registry, { environment });
    const base = await openRegistryBase(`${registry.host}/team/model:1`, { ...quick, environment });
    const found = await base.forPlatform({ os: 'linux', architecture: 'amd64' });
    for (const layer of found.layers) (await layer.open()).destroy();
    base.close();
    expect(elsewhere.requests.length).toBeGreaterThan(0);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual(
      elsewhere.requests.map(() => null),
    );
  });
});

/** Digest → bytes of everything in the image. */
async function contents(): Promise<ReadonlyMap<string, Buffer>> {
  const registry = await startFakeRegistry();
  try {
    await push(registry);
    return new Map(registry.blobs);
  } finally {
    await registry.close();
  }
}

describe('a push', () => {
  it('sends nothing that is there', async () => {
    const registry = await start();
    await push(registry);
    const before = registry.receivedBytes;
    await push(registry);
    const documents = image.root.descriptor.size;
    expect(registry.receivedBytes - before).toBeLessThan(4 * documents);
  });

  it('only names what a neighbour has', async () => {
    const registry = await start({ separate: true });
    await push(registry);
    const client = new RegistryClient(registry.host, 'other/model', quick);
    const origin = { registry: registry.host, repository: 'team/model' };
    const images = image.images.map((one) => ({
      ...one,
      layers: one.layers.map((layer) => ({ ...layer, origin })),
    }));
    const before = registry.receivedBytes;
    const report = await pushImage(client, { image: { ...image, images }, tags: ['1'] });
    client.close();
    expect([...report.values()].toSorted()).toEqual(['mounted', 'mounted', 'sent']);
    expect(registry.receivedBytes - before).toBeLessThan(10_000);
  });

  it('goes on where it was cut', async () => {
    let cuts = 0;
    const registry = await start({
      fault: ({ method }) =>
        method === 'PATCH' && (cuts += 1) <= 2 ? { kind: 'drop-halfway' } : null,
    });
    await push(registry);
    const there = storedImage(registry, 'team/model', '1');
    if (there !== null) await validateImage(there);
    expect(there).not.toBeNull();
    expect(cuts).toBeGreaterThan(2);
    const asked = registry.requests.filter(
      ({ method, path: place }) => method === 'GET' && place.includes('/uploads/'),
    );
    expect(asked.length).toBeGreaterThan(0);
  });

  it('goes in pieces where no more is taken at once', async () => {
    const big = await makeSmallImage(folder, { sizeBytes: 200_000, seed: 3 });
    const registry = await start({ bodyLimitBytes: 70_000 });
    const client = new RegistryClient(registry.host, 'team/model', {
      ...quick,
      pieceBytes: 65_536,
    });
    await pushImage(client, { image: big, tags: ['1'] });
    client.close();
    const there = storedImage(registry, 'team/model', '1');
    if (there !== null) await validateImage(there);
    expect(there?.root.descriptor.digest).toBe(big.root.descriptor.digest);
  });

  it('puts blobs first and tags last', async () => {
    const registry = await start();
    await push(registry);
    const puts = registry.requests
      .filter(({ method }) => method === 'PUT')
      .map(({ path: at }) => at);
    const kinds = puts.map((at) =>
      at.includes('/blobs/') ? 'blob' : at.includes('sha256:') ? 'digest' : 'tag',
    );
    expect(kinds).toEqual(['blob', 'blob', 'blob', 'digest', 'tag', 'tag']);
  });

  it('lists its SBOM: by the API of the registry, or by a tag', async () => {
    for (const referrers of [true, false]) {
      const registry = await start({ referrers });
      const client = new RegistryClient(registry.host, 'team/model', quick);
      const sbom = createSbom('team/model', image.root.descriptor.digest, [], 0);
      await pushImage(client, { image, tags: ['1'], referrers: [sbomReferrer(image.root, sbom)] });
      client.close();
      const tag = image.root.descriptor.digest.replace(':', '-');
      expect(registry.manifests.has(`team/model@${tag}`)).toBe(!referrers);
      expect(registry.blobs.has(sbom.descriptor.digest)).toBe(true);
    }
  });
});

describe('mirrors', () => {
  it('stand in for a registry; the image keeps the public name', async () => {
    const registry = await start();
    await push(registry, {}, 'hub/library/node');
    const environment = {
      ...process.env,
      SLIPWAY_CACHE: path.join(folder, 'mirrored'),
      SLIPWAY_REGISTRY_MIRRORS: `docker.io=${registry.host}/hub`,
    };
    const base = await openRegistryBase('node:1', { ...quick, environment });
    const found = await base.forPlatform({ os: 'linux', architecture: 'amd64' });
    base.close();
    expect(found).toMatchObject({
      name: 'docker.io/library/node:1',
      digest: image.root.descriptor.digest,
    });
    const unreadable = openRegistryBase('node:1', {
      environment: { ...environment, SLIPWAY_REGISTRY_MIRRORS: 'nonsense' },
    });
    await expect(unreadable).rejects.toMatchObject({ code: 'INVALID_ENVIRONMENT_VARIABLE' });
  });

  it('are not needed to say that there is no such image, or none for a platform', async () => {
    const registry = await start();
    await push(registry);
    const environment = { ...process.env, SLIPWAY_CACHE: path.join(folder, 'absent') };
    const absent = openRegistryBase(`${registry.host}/team/model:2`, { ...quick, environment });
    await expect(absent).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    const base = await openRegistryBase(`${registry.host}/team/model:1`, { ...quick, environment });
    await expect(base.forPlatform({ os: 'linux', architecture: 's390x' })).rejects.toThrow(
      /no image for linux\/s390x; it has linux\/amd64/,
    );
    base.close();
  });
});
