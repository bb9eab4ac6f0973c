/** The python runtime: worker processes in the model's own environment. */
import type { Capability } from '../../contract/capability.ts';
import type { ImageRecipe, RecipeOptions } from '../../contract/image-recipe.ts';
import type { Environment, Runtime } from '../../contract/runtime.ts';
import { prepareEnvironment } from '../../env/prepare-environment.ts';
import type { PythonEnvironment } from '../../env/python-environment.ts';
import { flavorReaders } from '../../flavors/registry.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { imagePackages } from '../image-packages.ts';
import { assess } from './assess.ts';
import { open } from './open.ts';

/** What the python runtime can do. */
export const pythonCapability: Capability = {
  methods: {
    predict: true,
    serve: true,
    prepareEnv: true,
    buildImage: true,
    generateDockerfile: true,
  },
  streaming: true,
};

/** Makes the python runtime. */
export function createPythonRuntime(): Runtime {
  return {
    id: 'python',
    capability: pythonCapability,
    assess,
    prepare: prepareEnvironment,
    open: (model, environment, options = {}) => open(model, pythonOf(environment), options),
    imageRecipe,
  };
}

/** What is mounted later may be a native model too, so the image without a model has the libraries of every reader. */
async function imageRecipe(model: SavedModel | null, options: RecipeOptions): Promise<ImageRecipe> {
  const { mountedRecipe, pythonRecipe } = await import('../../image/recipe/python-recipe.ts');
  if (model !== null) return pythonRecipe(model, options);
  const { modulesFolder } = await import('../../image/recipe/package-files.ts');
  return mountedRecipe(imagePackages(flavorReaders, modulesFolder) ?? (() => []), options);
}

function pythonOf(environment: Environment): PythonEnvironment {
  if (environment.kind === 'python') return environment as PythonEnvironment;
  throw new TypeError(`the python runtime got an environment of the ${environment.kind} runtime`);
}
