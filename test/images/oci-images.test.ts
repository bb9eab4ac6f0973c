/** Images that our own builder makes: validated, read by other programs, run by podman, the same each time. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { buildImage } from '../../src/backend/build-image.ts';
import type { BuildImageOptions, BuiltImage } from '../../src/contract/build-image.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { readImage } from '../../src/image/read-image.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { compareWithServe, requestsOf } from './compare-with-serve.ts';
import { containersMissing, type ContainerTools, startContainerTools } from './container-tools.ts';
import { writeLightgbm, writeOnnx } from './recorded-models.ts';
import { runContainer } from './run-container.ts';

const diabetes = path.join(projectRoot, 'examples/diabetes/model');
const example = readFileSync(path.join(diabetes, 'serving_input_example.json'), 'utf8');
const dockerMissing = !process.env['CI'] && spawnSync('docker', ['--version']).error !== undefined;

describe.skipIf(containersMissing !== null)(
  `images of our own builder (need ${containersMissing ?? 'nothing more'})`,
  { timeout: 120_000 },
  () => {
    let tools: ContainerTools;
    let base: string;
    beforeAll(async () => {
      tools = await startContainerTools();
      base = `${tools.registry}/library/node:22-slim`;
      process.env['SLIPWAY_CACHE'] = path.join(tools.folder, 'cache');
    }, 300_000);
    afterAll(() => {
      delete process.env['SLIPWAY_CACHE'];
      tools.close();
    });

    const place = (name: string): string => path.join(tools.folder, 'tmp', name);

    async function build(
      model: string | null,
      imageName: string,
      options: BuildImageOptions = {},
      recipe: RecipeOptions = {},
    ): Promise<BuiltImage> {
      return buildImage(model, resolveBackendOptions({ runtime: 'native' }), {
        imageName,
        recipe: { baseImage: base, ...recipe },
        build: { builder: 'oci', ...options },
      });
    }

    it('XGBoost: pushed, small, and answers the bytes of slipway serve', async () => {
      const name = `${tools.registry}/team/diabetes`;
      const built = await build(diabetes, `${name}:1`, { tags: ['stable'] });
      expect(built).toMatchObject({ tags: ['1', 'stable'], output: 'registry', builder: 'oci' });
      expect(built.size?.ownBytes).toBeLessThan(5e6);
      expect(built.size?.totalBytes).toBeLessThan(60e6);
      const { Digest: digest, Labels: labels } = await inspect(`docker://${name}:stable`);
      expect(digest).toBe(built.digest);
      expect(labels).toMatchObject({ 'org.mlflow.model.flavors': 'python_function,xgboost' });
      const container = runContainer(tools, `${name}@${built.digest}`);
      const differences = await compareWithServe(await container.url, diabetes, requestsOf.xgboost);
      expect(differences).toEqual([]);
      expect(await container.stop()).toBe(0);
    });

    it('is the same each time, on a touched checkout, under any tag', async () => {
      const copy = place('touched');
      await cp(diabetes, copy, { recursive: true });
      await utimes(path.join(copy, 'MLmodel'), 1, 1);
      const first = await build(diabetes, 'same:1', { output: `tar:${place('first.tar')}` });
      const again = await build(copy, 'same:1', { output: `tar:${place('again.tar')}` });
      const other = await build(copy, 'else:2', { output: `oci:${place('layout')}` });
      expect([again.digest, other.digest]).toEqual([first.digest, first.digest]);
      expect(await hashOf(place('again.tar'))).toBe(await hashOf(place('first.tar')));
      await validateImage(await readImage(place('first.tar')));
      await validateImage(await readImage(place('layout'), '2'));
    });

    it('is read by skopeo, podman and umoci', async () => {
      const tar = place('read.tar');
      const { digest } = await build(diabetes, 'read:1', { output: `tar:${tar}` });
      await tools.run('skopeo', ['copy', '-q', `docker-archive:${tar}`, `dir:${place('dir')}`]);
      await tools.run('skopeo', [
        'copy',
        '-q',
        `oci-archive:${tar}:read:1`,
        `oci:${place('oci')}:1`,
      ]);
      expect((await inspect(`oci:${place('oci')}:1`)).Digest).toBe(digest);
      const { stdout } = await tools.run('podman', ['load', '-q', '-i', tar]);
      expect(stdout).toContain('/read:1');
      // By the name that was given, as the guide has it.
      await tools.run('podman', ['image', 'inspect', 'read:1']);
      await tools.run('umoci', ['unpack', '--image', `${place('oci')}:1`, place('bundle')]);
      const unpacked = path.join(place('bundle'), 'rootfs/opt/ml/model/MLmodel');
      expect(readFileSync(unpacked)).toEqual(readFileSync(path.join(diabetes, 'MLmodel')));
    });

    it.skipIf(dockerMissing)('is loaded and run by the docker command (needs docker)', async () => {
      const socket = `unix://${place('podman.sock')}`;
      const service = spawn('podman', ['system', 'service', '--time=0', socket], {
        env: tools.environment,
        stdio: 'ignore',
      });
      const closed = once(service, 'close');
      const before = { ...process.env };
      Object.assign(process.env, tools.environment, { DOCKER_HOST: socket });
      try {
        await expect
          .poll(
            () =>
              tools.run('docker', ['-H', socket, 'version']).then(
                () => true,
                () => false,
              ),
            {
              timeout: 30_000,
            },
          )
          .toBe(true);
        const built = await build(diabetes, 'by-docker:3');
        expect(built.output).toBe('docker');
        const { stdout } = await tools.run('docker', [
          '-H',
          socket,
          'image',
          'inspect',
          'by-docker:3',
        ]);
        expect(JSON.parse(stdout)).toMatchObject([
          {
            Config: {
              User: '65532:65532',
              Labels: { 'org.mlflow.model.flavors': expect.any(String) },
            },
          },
        ]);
        const tool = await build(diabetes, 'steps:1', {
          builder: 'podman',
          output: `tar:${place('steps.tar')}`,
        });
        expect(tool).toMatchObject({ builder: 'podman', digest: null });
      } finally {
        process.env = before;
        service.kill('SIGTERM');
        await closed;
      }
    });

    it('has an index for several platforms', async () => {
      const name = `${tools.registry}/team/many`;
      const platforms = ['linux/amd64', 'linux/arm64'] as const;
      const layout = place('many');
      for (const output of ['registry', `oci:${layout}`]) {
        await build(diabetes, `${name}:1`, { output }, { baseImage: 'scratch', platforms });
      }
      const many = await readImage(layout, '1');
      await validateImage(many);
      expect(many.images).toHaveLength(2);
      const arm = await inspect(`docker://${name}:1`, '--override-arch=arm64');
      expect(arm.Architecture).toBe('arm64');
    });

    it('has an SBOM, found by a tag where the registry has no list of referrers', async () => {
      const sbomFile = place('sbom.json');
      const digestFile = place('digest');
      const name = `${tools.registry}/team/sbom`;
      await build(diabetes, name, { sbomFile, digestFile });
      const digest = readFileSync(digestFile, 'utf8').trim();
      const sbom = JSON.parse(readFileSync(sbomFile, 'utf8')) as {
        components: { name: string; type: string }[];
      };
      const names = sbom.components.map((component) => component.name);
      expect(names).toEqual(expect.arrayContaining(['slipway', 'fastify', 'mlflow model']));
      expect(sbom.components.map(({ type }) => type)).toContain('container');
      const { stdout } = await tools.run('skopeo', [
        'inspect',
        '--raw',
        '--tls-verify=false',
        `docker://${name}:${digest.replace(':', '-')}`,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({
        manifests: [{ artifactType: 'application/vnd.cyclonedx+json' }],
      });
    });

    it('is not delivered where a file beside it cannot be written', async () => {
      const output = `tar:${place('unwritten.tar')}`;
      const sbomFile = path.join(place('nowhere'), 'sbom.json');
      const refused = build(diabetes, 'a:1', { output, sbomFile }, { baseImage: 'scratch' });
      await expect(refused).rejects.toMatchObject({ code: 'OUTPUT_FILE_UNWRITABLE' });
      expect(existsSync(place('unwritten.tar'))).toBe(false);
    });

    it.each([
      ['onnx', writeOnnx],
      ['lightgbm', writeLightgbm],
    ] as const)('%s: the bytes of slipway serve', async (flavor, write) => {
      const folder = place(`${flavor}-model`);
      write(folder);
      const image = `${tools.registry}/team/${flavor}`;
      const built = await build(folder, image);
      expect(built.size?.totalBytes).toBeLessThan(70e6);
      const container = runContainer(tools, image);
      const differences = await compareWithServe(await container.url, folder, requestsOf[flavor]);
      expect(differences).toEqual([]);
      expect(await container.stop()).toBe(0);
    });

    it('without a model: serves what is mounted, by two processes', async () => {
      const image = `${tools.registry}/team/mounted`;
      await build(null, image);
      const options = ['--volume', `${diabetes}:/opt/ml/model:ro`];
      const env = { MLFLOW_MODELS_WORKERS: '2' };
      const container = runContainer(tools, image, { args: ['serve'], env, options });
      expect(await ask(await container.url, example)).toMatch(/^\{"predictions": \[/);
      expect(await container.stop()).toBe(0);
    });

    it('from the cache, without a registry', async () => {
      const output = `oci:${place('offline')}`;
      const first = await build(diabetes, 'offline:1', { output });
      const again = await build(diabetes, 'offline:2', { output, offline: true });
      expect(again.digest).toBe(first.digest);
      await mkdir(place('empty'), { recursive: true });
      process.env['SLIPWAY_CACHE'] = place('empty');
      const refused = build(diabetes, 'offline:3', { output, offline: true });
      await expect(refused).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
      process.env['SLIPWAY_CACHE'] = path.join(tools.folder, 'cache');
    });

    interface Inspected {
      readonly Digest: string;
      readonly Labels: Readonly<Record<string, string>>;
      readonly Architecture: string;
    }

    async function inspect(name: string, ...args: readonly string[]): Promise<Inspected> {
      const { stdout } = await tools.run('skopeo', [
        ...args,
        'inspect',
        '--tls-verify=false',
        name,
      ]);
      return JSON.parse(stdout) as Inspected;
    }
  },
);

async function ask(url: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
  return answer.text();
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}
