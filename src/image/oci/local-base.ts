/** A base on this disk: a folder in OCI's layout, an archive of one, or what `docker save` wrote. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { type BaseImage, readBaseImage } from './base-image.ts';
import { openDockerArchive } from './docker-archive.ts';
import { layoutSource, rootIn } from './layout-source.ts';
import { openPlaces, readPlace } from './local-places.ts';
import type { ImagePlatform } from './platform.ts';

/** Options of {@link readLocalBase}. */
export interface LocalBaseOptions {
  /** Folder or archive. */
  readonly file: string;
  /** Which image of several. Default: the only one. */
  readonly tag: string | null;
  readonly platform: ImagePlatform;
  /** For layers that have to be compressed. */
  readonly workFolder: string;
}

/** @throws IMAGE_NOT_FOUND, IMAGE_INVALID */
export async function readLocalBase(options: LocalBaseOptions): Promise<BaseImage> {
  const { file, tag, platform, workFolder } = options;
  const find = await openPlaces(file);
  if ((await find('index.json')) !== null) {
    const source = layoutSource(file, find);
    const index = await readPlace(find, 'index.json', file);
    const root = await source.document(rootIn(index, tag, file));
    return { ...(await readBaseImage(root, source, platform)), name: null };
  }
  if ((await find('manifest.json')) === null) {
    throw slipwayError(
      'IMAGE_INVALID',
      `${file} is no image: it has neither index.json nor manifest.json`,
    );
  }
  const { root, source } = await openDockerArchive(file, find, workFolder);
  return { ...(await readBaseImage(root, source, platform)), name: null, digest: null };
}
