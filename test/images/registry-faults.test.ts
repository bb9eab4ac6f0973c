/** 200 things go wrong in a registry: what is pushed is whole, or the push fails in one line and the tag is as before. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import type { ImageSet } from '../../src/image/oci/image.ts';
import { openRegistryBase } from '../../src/image/registry/registry-base.ts';
import { pushImage } from '../../src/image/registry/push-image.ts';
import { RegistryClient } from '../../src/image/registry/registry-client.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { type FakeRegistry, type Fault, startFakeRegistry } from './fake-registry.ts';
import { makeSmallImage } from './small-image.ts';
import { storedImage } from './stored-image.ts';

const quick = { maxRetries: 4, backoffMs: 1, timeoutMs: 5000 };
const kinds = [
  '429',
  '500',
  '503',
  'drop',
  'drop-halfway',
  'wrong-digest',
  'truncated',
  'redirect',
];

let folder: string;
let older: ImageSet;
let newer: ImageSet;
let elsewhere: FakeRegistry;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-faults-'));
  older = await makeSmallImage(folder, { seed: 1 });
  newer = await makeSmallImage(folder, { seed: 2, platforms: ['amd64', 'arm64'] });
  elsewhere = await startFakeRegistry();
});

afterAll(async () => {
  await elsewhere.close();
  await rm(folder, { recursive: true });
});

/** One plan: from which request on, what, and how often. Any number gives the same plan each time. */
function planOf(
  number: number,
  span: number,
): {
  readonly first: number;
  readonly times: number;
  readonly fault: Fault;
} {
  const kind = kinds[number % kinds.length] ?? '';
  const fault: Fault = /^\d/.test(kind)
    ? { kind: 'status', status: Number(kind) }
    : kind === 'redirect'
      ? { kind, to: `http://${elsewhere.host}/v2/other/blobs/x` }
      : { kind: kind as 'drop' };
  const first = (number * 7) % span;
  const times = [1, 2, 3, Number.POSITIVE_INFINITY][Math.floor(number / kinds.length) % 4] ?? 1;
  return { first, times, fault };
}

/** Applies a plan to the requests of one registry. */
function faulty(
  number: number,
  span: number,
  isOn: () => boolean,
): (seen: { number: number }) => Fault | null {
  const { first, times, fault } = planOf(number, span);
  let start: number | null = null;
  return (seen) => {
    if (!isOn()) return null;
    start ??= seen.number;
    const at = seen.number - start;
    return at >= first && at < first + times ? fault : null;
  };
}

/** As `docker login` leaves it. */
async function loggedIn(host: string): Promise<NodeJS.ProcessEnv> {
  const directory = await mkdtemp(path.join(folder, 'login-'));
  const auth = Buffer.from('user:pass').toString('base64');
  await writeFile(
    path.join(directory, 'config.json'),
    JSON.stringify({ auths: { [host]: { auth } } }),
  );
  return { ...process.env, DOCKER_CONFIG: directory };
}

async function push(registry: FakeRegistry, image: ImageSet): Promise<void> {
  const environment = await loggedIn(registry.host);
  const client = new RegistryClient(registry.host, 'team/model', { ...quick, environment });
  try {
    await pushImage(client, { image, tags: ['latest'] });
  } finally {
    client.close();
  }
}

async function attempt(number: number): Promise<'pushed' | 'failed'> {
  let isOn = false;
  const registry = await startFakeRegistry({
    auth: 'basic',
    fault: faulty(number, 31, () => isOn),
  });
  try {
    if (number % 2 === 0) await push(registry, older);
    isOn = true;
    const failure = await push(registry, newer).catch((error: unknown) => error);
    const there = storedImage(registry, 'team/model', 'latest');
    if (there !== null) await validateImage(there);
    const found = there?.root.descriptor.digest;
    if (failure === undefined) {
      expect(found).toBe(newer.root.descriptor.digest);
      return 'pushed';
    }
    if (!isSlipwayError(failure)) throw failure;
    expect(failure.code).toMatch(/^REGISTRY_|^IMAGE_INVALID/);
    expect(failure.message).not.toMatch(/\n/);
    expect([undefined, older.root.descriptor.digest, newer.root.descriptor.digest]).toContain(
      found,
    );
    return 'failed';
  } finally {
    await registry.close();
  }
}

describe('a push through faults', () => {
  it('is whole, or fails in one line', async () => {
    const outcomes = { pushed: 0, failed: 0 };
    for (let number = 0; number < 200; number++) outcomes[await attempt(number)]++;
    // Both must have happened, else the faults did nothing or everything.
    expect(outcomes.pushed).toBeGreaterThan(60);
    expect(outcomes.failed).toBeGreaterThan(20);
    expect(elsewhere.requests.filter(({ authorization }) => authorization !== null)).toEqual([]);
  }, 60_000);
});

describe('a base pulled through faults', () => {
  it('is whole, or fails in one line', async () => {
    const outcomes = { pulled: 0, failed: 0 };
    for (let number = 0; number < 48; number++) {
      let isOn = false;
      const registry = await startFakeRegistry({ fault: faulty(number, 6, () => isOn) });
      const cache = path.join(folder, `cache-${number}`);
      try {
        await push(registry, newer);
        isOn = true;
        const options = { ...quick, environment: { ...process.env, SLIPWAY_CACHE: cache } };
        const pulled = await pull(`${registry.host}/team/model`, options).catch(
          (error: unknown) => error as Error,
        );
        if (pulled instanceof Error) {
          if (!isSlipwayError(pulled)) throw pulled;
          expect(pulled.message).not.toMatch(/\n/);
          outcomes.failed++;
        } else {
          await validateImage(pulled);
          outcomes.pulled++;
        }
      } finally {
        await registry.close();
        await rm(cache, { recursive: true, force: true });
      }
    }
    expect(outcomes.pulled).toBeGreaterThan(12);
    expect(outcomes.failed).toBeGreaterThan(5);
  }, 60_000);
});

async function pull(
  name: string,
  options: Parameters<typeof openRegistryBase>[1],
): Promise<ImageSet> {
  const opened = await openRegistryBase(name, options);
  try {
    const platform = { os: 'linux', architecture: 'arm64' };
    const base = await opened.forPlatform(platform);
    const wanted = newer.images.find((image) => image.platform.architecture === 'arm64');
    if (wanted === undefined) throw new Error('no arm64');
    for (const layer of base.layers) (await layer.open()).destroy();
    expect(base.digest).toBe(wanted.manifest.descriptor.digest);
    return { root: wanted.manifest, images: [{ ...wanted, layers: base.layers }] };
  } finally {
    opened.close();
  }
}
