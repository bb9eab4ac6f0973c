/** From a model URI, or none, to the recipe of its image. */
import type { ImageRecipe, RecipeOptions } from '../contract/image-recipe.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { createRuntimes, runtimeOf } from '../runtimes/runtimes.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { fetchingOptions } from './fetching-options.ts';
import {
  chooseOther,
  openOptionsOf,
  prepareOptionsOf,
  type SelectedModel,
  selectModel,
} from './open-model.ts';
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
 * @throws NO_FLAVOR_BACKEND, RUNTIME_UNAVAILABLE, CAPABILITY_UNAVAILABLE, INVALID_OPTION, MODEL_NOT_NATIVE,
 *   MODEL_FILE_INVALID and the codes of selecting a model and of its environment files
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
  const { runtime, model, selection } = await selectOpenable(modelUri, options);
  if (runtime === null) throw noRuntimeError(model, selection);
  if (runtime.imageRecipe === undefined) throw noImages(runtime.id);
  return { recipe: await runtime.imageRecipe(model, recipeOptions), model };
}

/** A native model is opened once: where its reader finds only then that it cannot, the image must hold another runtime. */
async function selectOpenable(
  modelUri: string,
  options: ResolvedBackendOptions,
): Promise<SelectedModel> {
  const fetching = { ...fetchingOptions(options), isWhole: true };
  const selected = await selectModel(modelUri, options.runtime, fetching);
  const { runtime, model } = selected;
  if (runtime?.id !== 'native') return selected;
  try {
    const environment = await runtime.prepare(model, prepareOptionsOf(options));
    const scorer = await runtime.open(model, environment, openOptionsOf(options));
    await scorer.close();
    return selected;
  } catch (error) {
    const other = chooseOther(selected, error);
    if (other === null) throw error;
    return other;
  }
}

function noImages(runtime: string): Error {
  return slipwayError(
    'CAPABILITY_UNAVAILABLE',
    `The ${runtime} runtime has no images; use --runtime native or python.`,
    { details: { runtime } },
  );
}
