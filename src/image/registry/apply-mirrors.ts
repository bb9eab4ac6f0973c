/** Other places for the images of a registry: a company's copy of Docker Hub, a cache beside the build. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ImageReference } from './image-reference.ts';

const variable = 'SLIPWAY_REGISTRY_MIRRORS';

/**
 * Where `reference` is fetched, by SLIPWAY_REGISTRY_MIRRORS: `docker.io=mirror.example:5000/hub, …`.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export function applyMirrors(
  reference: ImageReference,
  environment: NodeJS.ProcessEnv = process.env,
): ImageReference {
  const pairs = (environment[variable] ?? '').split(/[\s,]+/).filter((pair) => pair !== '');
  for (const pair of pairs) {
    const [, registry, host, folder = ''] =
      /^([^=/]+)=([^=/]+)(?:\/([a-z0-9._/-]+?))?\/*$/.exec(pair) ?? [];
    if (registry === undefined || host === undefined) {
      throw slipwayError(
        'INVALID_ENVIRONMENT_VARIABLE',
        `${variable} must be pairs like docker.io=mirror.example:5000/hub, not '${pair}'.`,
      );
    }
    if (registry !== reference.registry) continue;
    const repository = folder === '' ? reference.repository : `${folder}/${reference.repository}`;
    return { ...reference, registry: host, repository };
  }
  return reference;
}
