import type { FlavorReader } from '../contract/flavor-reader.ts';
import type { Platform, RecipeFile } from '../contract/image-recipe.ts';

/** What names the files that `readers` load besides Slipway's own; `modules` is their folder in the image. Null where they load none. */
export function imagePackages(
  readers: readonly FlavorReader[],
  modules: string,
): ((platform: Platform) => readonly RecipeFile[]) | null {
  const needed = readers.flatMap(({ imageFiles }) => imageFiles ?? []);
  if (needed.length === 0) return null;
  return (platform) => needed.flatMap((imageFiles) => imageFiles(platform, modules));
}
