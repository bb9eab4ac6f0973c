/** A directory with a Dockerfile that serves a model. */
import type { ImageRecipe, RecipeOptions } from '../contract/image-recipe.ts';
import { writeContext } from '../image/dockerfile/write-context.ts';
import { slipwayVersion } from '../server/slipway-version.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { modelImage } from './model-image.ts';

/**
 * Writes the directory and gives the recipe that it follows. Without a model the container serves what is mounted at `/opt/ml/model`.
 *
 * @throws OUTPUT_FILE_UNWRITABLE, INVALID_OPTION and the codes of {@link modelImage}
 */
export async function generateDockerfile(
  modelUri: string | null,
  outputDirectory: string,
  options: ResolvedBackendOptions,
  recipeOptions: RecipeOptions,
): Promise<ImageRecipe> {
  const { recipe } = await modelImage(modelUri, options, recipeOptions);
  await writeContext(recipe, outputDirectory, slipwayVersion);
  return recipe;
}
