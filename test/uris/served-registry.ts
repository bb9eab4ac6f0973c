/** Serving what a registry names: the server follows it, and says which version it serves. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Image } from '../../src/image/oci/image.ts';
import { readImage } from '../../src/image/read-image.ts';
import { exampleBody, highAnswer, lowAnswer, putModel } from '../lifecycle/example-models.ts';
import { type ServedProcess, startServing, until } from '../lifecycle/served-process.ts';
import { withSettings } from './every-form.ts';
import type { Tracking } from './tracking-fixture.ts';

const kinds = ['low', 'broken', 'high'] as const;

/** The registry's own interface, as a team's pipeline would use it. */
interface Registry {
  /** Registers one more version of `name`. */
  readonly add: (name: string, kind: (typeof kinds)[number]) => Promise<void>;
  readonly point: (name: string, version: string) => Promise<void>;
}

async function openRegistry({ server, ids, folder }: Tracking): Promise<Registry> {
  const artifacts = path.join(folder, 'artifacts', ids.experiment, ids.run, 'artifacts');
  for (const kind of kinds) putModel(path.join(artifacts, kind), kind);
  const post = async (route: string, body: object): Promise<void> => {
    const answer = await fetch(`${server.url}/api/2.0/mlflow/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.text()).toBe(200);
  };
  await post('registered-models/create', { name: 'fraud' });
  await post('registered-models/create', { name: 'churn' });
  return {
    add: (name, kind) =>
      post('model-versions/create', { name, source: `${ids.root}/${kind}`, run_id: ids.run }),
    point: (name, version) => post('registered-models/alias', { name, alias: 'live', version }),
  };
}

interface Load {
  /** Each answer that was given, once. */
  readonly answers: Set<string>;
  readonly failures: string[];
  readonly stop: () => Promise<void>;
}

/** A request every 20 ms, each on a connection of its own. */
function askLightly({ url }: ServedProcess): Load {
  const answers = new Set<string>();
  const failures: string[] = [];
  const stopping = new AbortController();
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      await invoke(url).then(
        (text) => answers.add(text),
        (error: unknown) => failures.push(String(error)),
      );
      await sleep(20);
    }
  })();
  const stop = (): Promise<void> => {
    stopping.abort();
    return asking;
  };
  return { answers, failures, stop };
}

async function invoke(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const answer = await fetch(`${url}/invocations`, { method: 'POST', headers, body: exampleBody });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
  return text;
}

async function get(url: string): Promise<string> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** An alias in one process and in two, and the latest version; all at once, as each look takes two seconds. */
export function itFollowsTheRegistry(tracking: () => Tracking): void {
  it('serve --watch follows an alias and the latest version under load; what is broken changes nothing', async () => {
    const { environment } = tracking();
    const registry = await openRegistry(tracking());
    for (const name of ['fraud', 'churn']) await registry.add(name, 'low');
    await registry.point('fraud', '1');
    const env = environment('watching');
    const servers = await Promise.all(
      [
        ['-m', 'models:/fraud@live'],
        ['-m', 'models:/fraud@live', '--workers', '2'],
        ['-m', 'models:/churn/latest'],
      ].map((args) => startServing([...args, '--runtime', 'native', '--watch', '2s'], env)),
    );
    try {
      const loads = servers.map(askLightly);
      for (const name of ['fraud', 'churn']) await registry.add(name, 'broken');
      await registry.point('fraud', '2');
      for (const { errors } of servers) await until(() => errors().includes('cannot be loaded'));
      for (const { url } of servers) expect(await invoke(url)).toBe(lowAnswer);
      for (const { answers } of loads) expect([...answers]).toEqual([lowAnswer]);

      for (const name of ['fraud', 'churn']) await registry.add(name, 'high');
      await registry.point('fraud', '3');
      for (const { answers } of loads) await until(() => answers.has(highAnswer));
      for (const { url } of servers) {
        const after = await Promise.all(Array.from({ length: 10 }, () => invoke(url)));
        expect(new Set(after)).toEqual(new Set([highAnswer]));
      }
      await Promise.all(loads.map(({ stop }) => stop()));
      expect(loads.flatMap(({ failures }) => failures)).toEqual([]);

      for (const [index, { url }] of servers.entries()) {
        const name = index === 2 ? 'churn' : 'fraud';
        expect(JSON.parse(await get(`${url}/v2/models/${name}`))).toMatchObject({
          name,
          versions: ['3'],
        });
        const metrics = await get(`${url}/metrics`);
        const info = metrics.split('\n').filter((line) => line.startsWith('slipway_model_info{'));
        expect(info).toEqual([expect.stringContaining(`model="${name}",version="3"`)]);
      }
    } finally {
      await Promise.all(servers.map((server) => server.kill()));
    }
  }, 120_000);
}

/** `inspect`, the labels of Dockerfile and image, its list of contents, and the server's pages. */
export function itNamesWhatIsRegistered(tracking: () => Tracking): void {
  it('says name and version in inspect, in the labels of images, to V2 clients and in metrics', async () => {
    const { environment, folder } = tracking();
    const env = environment('named');
    const uri = 'models:/diabetes@champion';
    const output = path.join(folder, 'image');
    const layout = path.join(folder, 'named-layout');
    const sbom = path.join(folder, 'named-sbom.json');
    const written: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    await withSettings(env, async () => {
      process.stdout.write = (text) => written.push(String(text)) > 0;
      try {
        expect(await runCli(['inspect', '-m', uri, '--json'])).toBe(0);
      } finally {
        process.stdout.write = write;
      }
      expect(await runCli(['generate-dockerfile', '-m', uri, '-d', output])).toBe(0);
      const image = ['-n', 'named:1', '--base-image', 'scratch', '--output', `oci:${layout}`];
      expect(await runCli(['build-docker', '-m', uri, ...image, '--sbom', sbom])).toBe(0);
    });
    expect(JSON.parse(written.join(''))).toMatchObject({ registered: 'diabetes version 1' });
    const dockerfile = await readFile(path.join(output, 'Dockerfile'), 'utf8');
    for (const label of ['name="diabetes"', 'version="1"']) {
      expect(dockerfile).toContain(`org.mlflow.model.${label}`);
    }

    const named = { 'org.mlflow.model.name': 'diabetes', 'org.mlflow.model.version': '1' };
    const { images } = await readImage(layout);
    const [{ config, manifest }] = images as [Image];
    expect(JSON.parse(config.bytes.toString())).toMatchObject({
      config: { Labels: { ...named, 'org.mlflow.model.uri': uri } },
    });
    expect(JSON.parse(manifest.bytes.toString())).toMatchObject({ annotations: named });
    const { components } = JSON.parse(await readFile(sbom, 'utf8')) as { components: unknown };
    expect(components).toContainEqual(
      expect.objectContaining({ type: 'machine-learning-model', name: 'diabetes', version: '1' }),
    );

    const server = await startServing(['-m', uri], env);
    try {
      const model = { name: 'diabetes', versions: ['1'] };
      const { url } = server;
      expect(JSON.parse(await get(`${url}/v2/models/diabetes`))).toMatchObject(model);
      expect(JSON.parse(await get(`${url}/v2/models/diabetes/versions/1`))).toMatchObject(model);
      const metrics = await get(`${url}/metrics`);
      expect(metrics).toMatch(/^slipway_model_info\{model="diabetes",version="1",.*\} 1$/m);
      expect((await fetch(`${url}/v2/models/diabetes/versions/2`)).status).toBe(404);
    } finally {
      await server.kill();
    }
  }, 60_000);
}
