/** Looks for a text in everything that an image holds. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ContainerTools } from './container-tools.ts';

/** Text → blobs of the image (layers, configuration, manifest) that hold it, and whether its history or labels do. */
export async function searchImage(
  tools: ContainerTools,
  image: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = path.join(tools.folder, 'tmp', `search-${image}`);
  await tools.run('buildah', ['push', '-q', '--disable-compression', image, `oci:${folder}:x`]);
  const blobs = path.join(folder, 'blobs/sha256');
  const history = await tools.run('podman', ['history', '--no-trunc', '--format', 'json', image]);
  const inspected = await tools.run('podman', ['image', 'inspect', image]);
  const contents = [
    ...readdirSync(blobs).map((name) => [name, contentOf(path.join(blobs, name))] as const),
    ['history', history.stdout] as const,
    ['configuration', inspected.stdout] as const,
  ];
  return new Map(
    texts.map((text) => [
      text,
      contents.filter(([, content]) => content.includes(text)).map(([name]) => name),
    ]),
  );
}

function contentOf(file: string): Buffer {
  const bytes = readFileSync(file);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
