/** From a model URI, or none, to the recipe of its image. */
import type { ImageRecipe, RecipeOptions } from '../contract/image-recipe.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { createRuntimes, runtimeOf } from '../runtimes/runtimes.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { fetchingOptions } from './fetching-options.ts';
import { selectModel } from './open-model.ts';
import { noRuntimeError } from './select-runtime.ts';

/** A recipe and the model it is for; null where that is mounted later. */
export interface ModelImage {
  readonly recipe: ImageRecipe;
  readonly model: SavedModel | null;
}

/**
 * Selects the runtime as `serve` does and asks it for the recipe. Without a model, `--runtime native` makes an image
 * for native models; any other choice one for all.
 *
 * @throws NO_FLAVOR_BACKEND, RUNTIME_UNAVAILABLE, CAPABILITY_UNAVAILABLE, INVALID_OPTION and the codes of selecting a
 *   model and of its environment files
 */
export async function modelImage(
  modelUri: string | null,
  options: ResolvedBackendOptions,
  recipeOptions: RecipeOptions,
): Promise<ModelImage> {
  if (modelUri === null) {
    const choice = options.runtime === 'auto' ? 'python' : options.runtime;
    const runtime = runtimeOf(createRuntimes(), choice);
    if (runtime.imageRecipe === undefined) throw noImages(choice);
    return { recipe: await runtime.imageRecipe(null, recipeOptions), model: null };
  }
  const selected = await selectModel(modelUri, options.runtime, {
    ...fetchingOptions(options),
    isWhole: true,
  });
  const { runtime, model, selection } = selected;
  if (runtime === null) throw noRuntimeError(model, selection);
  if (runtime.imageRecipe === undefined) throw noImages(runtime.id);
  return { recipe: await runtime.imageRecipe(model, recipeOptions), model };
}

function noImages(runtime: string): Error {
  return slipwayError(
    'CAPABILITY_UNAVAILABLE',
    `The ${runtime} runtime has no images; use --runtime native or python.`,
    { details: { runtime } },
  );
}
