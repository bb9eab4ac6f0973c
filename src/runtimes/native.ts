/** The native runtime: a flavor reader of this process opens the model's own file. Needs nothing installed. */
import type { Capability } from '../contract/capability.ts';
import type { FlavorReader } from '../contract/flavor-reader.ts';
import type { ImageRecipe, RecipeOptions } from '../contract/image-recipe.ts';
import type { Assessment, Environment, OpenOptions, Runtime } from '../contract/runtime.ts';
import type { Scorer } from '../contract/scorer.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { flavorReaders } from '../flavors/registry.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { imagePackages } from './image-packages.ts';

/** What the native runtime can do. */
export const nativeCapability: Capability = {
  methods: {
    predict: true,
    serve: true,
    prepareEnv: true,
    buildImage: true,
    generateDockerfile: true,
  },
  streaming: false,
};

/** Makes the native runtime over `readers`. Default: every registered flavor. */
export function createNativeRuntime(readers: readonly FlavorReader[] = flavorReaders): Runtime {
  return {
    id: 'native',
    capability: nativeCapability,
    assess: (model) => assessNative(model, readers),
    prepare: async (): Promise<Environment> => ({ kind: 'native' }),
    open: (model, _environment, options = {}) => openNative(model, readers, options),
    imageRecipe: (model, options) => nativeImage(model, readers, options),
  };
}

/** An image for models mounted later gets the libraries of every reader. */
async function nativeImage(
  model: SavedModel | null,
  readers: readonly FlavorReader[],
  options: RecipeOptions,
): Promise<ImageRecipe> {
  const { nativeRecipe } = await import('../image/recipe/native-recipe.ts');
  const { modulesFolder } = await import('../image/recipe/package-files.ts');
  const reader = model === null ? undefined : readerOf(model, readers);
  const packages = imagePackages(reader === undefined ? readers : [reader], modulesFolder);
  const parts = { model, flavor: reader?.id ?? null };
  return nativeRecipe(packages === null ? parts : { ...parts, packages }, options);
}

async function assessNative(
  model: SavedModel,
  readers: readonly FlavorReader[],
): Promise<Assessment> {
  const reader = readerOf(model, readers);
  if (reader !== undefined) return reader.assess(model);
  return { canScore: false, reason: whyNoReader(model, readers), needs: [] };
}

async function openNative(
  model: SavedModel,
  readers: readonly FlavorReader[],
  options: OpenOptions,
): Promise<Scorer> {
  const reader = readerOf(model, readers);
  if (reader !== undefined) return reader.open(model, options);
  throw slipwayError('MODEL_NOT_NATIVE', whyNoReader(model, readers));
}

/**
 * MLflow scores through `python_function`, so its loader decides which flavor of the file counts: a
 * wrapper may hold an `xgboost` flavor as well and yet compute something else.
 */
export function readerOf(
  model: SavedModel,
  readers: readonly FlavorReader[] = flavorReaders,
): FlavorReader | undefined {
  const loader = loaderModuleOf(model);
  return readers.find(({ id }) => loader === `mlflow.${id}` && model.flavors.has(id));
}

/** `loader_module` of the `python_function` flavor; null where there is none. */
export function loaderModuleOf(model: SavedModel): string | null {
  const loader = model.flavors.get('python_function')?.['loader_module'];
  return typeof loader === 'string' ? loader : null;
}

function whyNoReader(model: SavedModel, readers: readonly FlavorReader[]): string {
  const known = readers.map(({ id }) => id).join(', ');
  const loader = loaderModuleOf(model);
  if (loader === null) {
    const flavors = [...model.flavors.keys()].join(', ') || 'none';
    return `The model has no python_function flavor with a loader module (flavors: ${flavors}); native flavors: ${known}.`;
  }
  return `The model is loaded by ${loader}, which has no native reader; native flavors: ${known}.`;
}
