/** What is built upon, by its name: a registry's image, a folder or an archive on this disk, or nothing. */
import { type OpenedBase, scratchBase } from './oci/base-image.ts';
import { readLocalBase } from './oci/local-base.ts';
import { openRegistryBase, type RegistryBaseOptions } from './registry/registry-base.ts';

const localForm = /^(oci|oci-archive|docker-archive|tar):(.+)$/s;

/**
 * Opens `scratch`, `oci:FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE`, `tar:FILE`, or an image of a
 * registry.
 * @throws IMAGE_NAME_INVALID, IMAGE_NOT_FOUND, IMAGE_INVALID, REGISTRY_FAILED, REGISTRY_ACCESS_DENIED
 */
export async function openBase(
  name: string,
  workFolder: string,
  options: RegistryBaseOptions,
): Promise<OpenedBase> {
  if (name === 'scratch') {
    return { forPlatform: async (platform) => scratchBase(platform), close: () => undefined };
  }
  const [, kind, rest = ''] = localForm.exec(name) ?? [];
  if (kind === undefined) return openRegistryBase(name, options);
  const { file, tag } = splitTag(kind, rest);
  return {
    forPlatform: (platform) => readLocalBase({ file, tag, platform, workFolder }),
    close: () => undefined,
  };
}

/** True for a base that only our own builder can read. */
export function isLocalBase(name: string): boolean {
  return localForm.test(name);
}

function splitTag(kind: string, rest: string): { file: string; tag: string | null } {
  const [, file = rest, tag] = /^(.+):([\w][\w.-]*)$/.exec(rest) ?? [];
  return kind.startsWith('oci') && tag !== undefined ? { file, tag } : { file: rest, tag: null };
}
