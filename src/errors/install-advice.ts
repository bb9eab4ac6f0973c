/** Where images of ours have this program (src/image/recipe/package-files.ts). Nothing can be installed there. */
const imageFolder = 'file:///opt/slipway/';

/**
 * What to do about npm packages that are missing: to install them, or in an image what `inImage` says.
 * @param place where this program stands; for tests
 */
export function installAdvice(
  packages: readonly string[],
  inImage: string,
  place: string = import.meta.url,
): string {
  if (place.startsWith(imageFolder)) return inImage;
  return `add ${packages.length === 1 ? 'it' : 'them'} with: npm install ${packages.join(' ')}`;
}
