/** Platforms that images are made for. */
import type { Platform } from '../../contract/image-recipe.ts';

/** Linux on the processor of this machine: what a builder here makes unless it is told otherwise. */
export function defaultPlatform(architecture: string = process.arch): Platform {
  return architecture === 'arm64' ? 'linux/arm64' : 'linux/amd64';
}
