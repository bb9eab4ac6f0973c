/** Images of a few files, made without a model, for tests of registries and of forms. */
import path from 'node:path';
import type { ContainerConfig } from '../../src/contract/image-recipe.ts';
import { assembleImage, assembleSet } from '../../src/image/oci/assemble-image.ts';
import { scratchBase } from '../../src/image/oci/base-image.ts';
import type { ImageSet } from '../../src/image/oci/image.ts';
import type { ImagePlatform } from '../../src/image/oci/platform.ts';
import { writeLayer } from '../../src/image/oci/write-layer.ts';

/** How a container of the image would start. */
export const smallConfig: ContainerConfig = {
  env: { A: '1' },
  path: { before: [], after: [] },
  entrypoint: ['/bin/true'],
  command: [],
  user: '65532:65532',
  workingDirectory: '/opt/ml',
  ports: [8080],
  healthcheck: {
    command: ['/bin/true'],
    intervalSeconds: 30,
    timeoutSeconds: 5,
    startPeriodSeconds: 60,
    retries: 3,
  },
  labels: { b: '2', a: '1' },
};

/** Options of {@link makeSmallImage}. */
export interface SmallImageOptions {
  readonly sizeBytes?: number;
  /** Another one gives other content. */
  readonly seed?: number;
  /** Architectures; several make an index. */
  readonly platforms?: readonly string[];
}

/** An image of two layers: a small one, and one of about `sizeBytes` that do not compress. */
export async function makeSmallImage(
  folder: string,
  { sizeBytes = 60_000, seed = 1, platforms = ['amd64'] }: SmallImageOptions = {},
): Promise<ImageSet> {
  const images = await Promise.all(
    platforms.map(async (architecture) => {
      const platform: ImagePlatform = { os: 'linux', architecture };
      const layers = await Promise.all(
        [
          { name: 'app/hello.txt', content: Buffer.from(`hello ${architecture} ${seed}`) },
          { name: 'app/data.bin', content: noise(sizeBytes, seed) },
        ].map(({ name, content }, at) =>
          writeLayer([{ type: 'file', path: name, content }], {
            file: path.join(folder, `layer-${seed}-${architecture}-${at}`),
            createdBy: `test: ${name}`,
            mtimeSeconds: 0,
          }),
        ),
      );
      return assembleImage({
        platform,
        base: scratchBase(platform),
        layers,
        config: smallConfig,
        annotations: {},
        createdSeconds: 0,
      });
    }),
  );
  return assembleSet(images, {});
}

/** Bytes that are the same each time and that nothing makes smaller. */
export function noise(count: number, seed: number): Buffer {
  let state = seed * 2_654_435_761;
  return Buffer.from(
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}
