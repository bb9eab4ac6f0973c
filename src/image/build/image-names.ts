import { slipwayError } from '../../errors/slipway-error.ts';
import { isTag, parseImageReference } from '../registry/image-reference.ts';

/** An image's name and the tags under which it is put. */
export interface ImageNames {
  /** As the user gave it, without a tag. */
  readonly name: string;
  /** At least one. */
  readonly tags: readonly string[];
}

/**
 * Reads `[host/]name[:tag]` and further tags.
 * @throws IMAGE_NAME_INVALID
 */
export function readImageNames(imageName: string, moreTags: readonly string[]): ImageNames {
  const { digest } = parseImageReference(imageName);
  if (digest !== null) throw invalid(imageName, 'an image that is not built yet has no digest');
  const [, name = imageName, tag] = /^(.+?)(?::([^:/]+))?$/s.exec(imageName) ?? [];
  const wrong = moreTags.find((one) => !isTag(one));
  if (wrong !== undefined) throw invalid(wrong, 'a tag holds letters, digits and . _ -');
  const tags = [...new Set([...(tag === undefined ? [] : [tag]), ...moreTags])];
  return { name, tags: tags.length === 0 ? ['latest'] : tags };
}

function invalid(name: string, reason: string): Error {
  return slipwayError('IMAGE_NAME_INVALID', `'${name}': ${reason}`, { details: { name } });
}
