/** Images that podman and buildah make of the directory: digests, lists of what is in them, several platforms, and refusals in one line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { buildImage } from '../../src/backend/build-image.ts';
import type { BuildImageOptions, BuiltImage } from '../../src/contract/build-image.ts';
import type { RecipeOptions } from '../../src/contract/image-recipe.ts';
import { checkEmulation } from '../../src/image/build/check-emulation.ts';
import { readImage } from '../../src/image/read-image.ts';
import { validateImage } from '../../src/image/validate-image.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { containersMissing, type ContainerTools, startContainerTools } from './container-tools.ts';

const diabetes = path.join(projectRoot, 'examples/diabetes/model');
interface Index {
  readonly manifests: readonly { readonly platform: { readonly architecture: string } }[];
}

const platforms = ['linux/amd64', 'linux/arm64'] as const;

describe.skipIf(containersMissing !== null)(
  `images of podman and buildah (need ${containersMissing ?? 'nothing more'})`,
  { timeout: 120_000 },
  () => {
    let tools: ContainerTools;
    const before = { ...process.env };
    beforeAll(async () => {
      tools = await startContainerTools();
      Object.assign(process.env, tools.environment, {
        SLIPWAY_CACHE: path.join(tools.folder, 'cache'),
      });
    }, 300_000);
    afterAll(() => {
      process.env = before;
      tools.close();
    });

    const place = (name: string): string => path.join(tools.folder, 'tmp', name);
    const inRegistry = (name: string): string => `${tools.registry}/team/${name}`;

    async function build(
      imageName: string,
      options: BuildImageOptions,
      recipe: RecipeOptions = {},
    ): Promise<BuiltImage> {
      const baseImage = `${tools.registry}/library/node:22-slim`;
      return buildImage(diabetes, resolveBackendOptions({}), {
        imageName,
        recipe: { baseImage, ...recipe },
        build: options,
      });
    }

    async function raw(name: string): Promise<unknown> {
      const args = ['inspect', '--raw', '--tls-verify=false', `docker://${name}`];
      return JSON.parse((await tools.run('skopeo', args)).stdout) as unknown;
    }

    async function digestIn(name: string): Promise<string> {
      const args = ['inspect', '--tls-verify=false', '--format={{.Digest}}', `docker://${name}`];
      return (await tools.run('skopeo', args)).stdout.trim();
    }

    it('of buildah: its digest, without a network', async () => {
      const digestFile = place('buildah-digest');
      const name = inRegistry('by-buildah');
      const builder = 'buildah';
      const built = await build(name, { builder, digestFile });
      expect(await digestIn(`${name}:latest`)).toBe(built.digest);
      expect(readFileSync(digestFile, 'utf8')).toBe(`${built.digest}\n`);
      const layout = `oci:${place('by-buildah')}`;
      const offline = { builder, offline: true, output: layout } as const;
      expect((await build('again:1', offline)).digest).toMatch(/^sha256:/);
      await validateImage(await readImage(place('by-buildah'), '1'));
      const noBase = build('none:1', offline, { baseImage: 'localhost/none:1' });
      await expect(noBase).rejects.toMatchObject({ code: 'IMAGE_BUILD_FAILED' });
    });

    describe.each(['buildah', 'podman'] as const)('%s', (builder) => {
      it('lists what is in the image, and the registry has the list too', async () => {
        const sbomFile = place(`${builder}-sbom.json`);
        const name = inRegistry(`sbom-${builder}`);
        const recipe = { baseImage: 'scratch' };
        const { digest } = await build(name, { builder, sbomFile }, recipe);
        const text = readFileSync(sbomFile, 'utf8');
        const sbom = JSON.parse(text) as {
          metadata: { component: { version: string } };
          components: { name: string }[];
        };
        expect(sbom.metadata.component.version).toBe(digest);
        const names = sbom.components.map((component) => component.name);
        expect(names).toEqual(expect.arrayContaining(['slipway', 'fastify', 'mlflow model']));
        // The registry has no list of referrers, so a tag leads to it.
        const tag = digest?.replace(':', '-') ?? '';
        expect(await raw(`${name}:${tag}`)).toMatchObject({
          manifests: [{ artifactType: 'application/vnd.cyclonedx+json' }],
        });
        const kept = { builder, output: `tar:${place(`${builder}.tar`)}`, sbomFile } as const;
        await build(`kept-${builder}:1`, kept, recipe);
        expect(readFileSync(sbomFile, 'utf8')).toContain('"name": "fastify"');
      });

      it('makes an index for several platforms where nothing runs in the image', async () => {
        const name = inRegistry(`many-${builder}`);
        const recipe = { baseImage: 'scratch', platforms };
        const tags = ['two'];
        const insecureRegistry = true;
        const pushed = await build(`${name}:1`, { builder, tags, insecureRegistry }, recipe);
        // In the order in which the tool has done with them.
        const { manifests } = (await raw(`${name}:two`)) as Index;
        const built = manifests.map(({ platform }) => `linux/${platform.architecture}`);
        expect(built.toSorted()).toEqual(platforms);
        expect(pushed.platforms).toEqual(platforms);
        const layout = place(`many-${builder}`);
        await build(`${name}:1`, { builder, output: `oci:${layout}` }, recipe);
        const many = await readImage(layout, '1');
        await validateImage(many);
        expect(many.images).toHaveLength(2);
        await build(`kept-${builder}:2`, { builder, output: 'docker', tags }, recipe);
        for (const tag of ['2', 'two']) {
          const { stdout } = await tools.run(builder, [
            'manifest',
            'inspect',
            `kept-${builder}:${tag}`,
          ]);
          expect(stdout.match(/"architecture"/g)).toHaveLength(2);
        }
        // Nobody listens there; buildah 1.28 says nothing of it.
        const lost = build('localhost:1/nobody:1', { builder }, recipe);
        await expect(lost).rejects.toMatchObject({ code: 'REGISTRY_FAILED' });
        const { stdout: images } = await tools.run('podman', ['images']);
        expect(images).not.toContain('localhost/slipway-');
      });
    });

    it('refuse in one line what they cannot', async () => {
      const builder = 'buildah';
      const digestFile = place('none-digest');
      const archive = `tar:${place('none')}`;
      const refused: readonly Parameters<typeof build>[] = [
        ['a:1', { builder, digestFile, output: archive }],
        ['a:1', { builder, output: archive }, { platforms }],
      ];
      for (const one of refused) {
        await expect(build(...one)).rejects.toMatchObject({
          code: 'INVALID_OPTION',
          message: expect.stringMatching(/^[^\n]*--builder oci[^\n]*$/) as string,
        });
      }
    });
  },
);

it.skipIf(process.platform !== 'linux')('steps for a processor that nothing emulates', async () => {
  const build = { tool: 'podman', platforms: ['linux/amd64', 'linux/s390x-of-nobody'] } as const;
  const checking = checkEmulation({ ...build, runsSteps: true });
  await expect(checking).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringMatching(/no emulator of s390x-of-nobody.*--builder oci/) as string,
  });
  await checkEmulation({ ...build, runsSteps: false });
});
