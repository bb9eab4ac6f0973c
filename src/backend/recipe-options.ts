import type { ImageOptions } from '../contract/flavor-backend.ts';
import type { RecipeOptions } from '../contract/image-recipe.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';

/** What MLflow's interface asks of an image; the environment's manager is the backend's own option. */
export function recipeOptionsOf(
  options: ImageOptions,
  { environment: { envManager } = {} }: ResolvedBackendOptions,
): RecipeOptions {
  return envManager === undefined ? options : { ...options, envManager };
}
