/** The image of a model that Python scores: its Python and packages, Node beside it, Slipway, the model. */
import type {
  BaseImage,
  ImageRecipe,
  PythonStep,
  RecipeOptions,
} from '../../contract/image-recipe.ts';
import type { EnvManager } from '../../contract/runtime.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { condaImage, defaultPython, nodeFile, nodeImage, pythonImage } from './base-images.ts';
import { containerConfig } from './container-config.ts';
import { type NativeParts, modelStep, packagesStep, runtimeStep } from './native-recipe.ts';
import { packageFiles } from './package-files.ts';
import { defaultPlatform } from './platforms.ts';
import { pythonStep } from './python-step.ts';
import { systemPackages } from './system-packages.ts';

/** Where the model's packages are, unless the image's own Python has them. */
export const environmentFolder = '/opt/venv';

/**
 * Makes the recipe of a model.
 *
 * @throws ENVIRONMENT_FILE_INVALID, MLMODEL_INVALID
 */
export async function pythonRecipe(
  model: SavedModel,
  options: RecipeOptions = {},
): Promise<ImageRecipe> {
  const manager = options.envManager ?? 'local';
  // A base of the user's has its own Python with `local`; else that shows when it is built.
  const isInBase = options.baseImage === undefined || options.envManager === 'local';
  const { step, notes } = await pythonStep(model, manager, isInBase, options);
  if (manager === 'conda' && step.condaFile === null) {
    throw slipwayError(
      'ENVIRONMENT_FILE_INVALID',
      `--env-manager conda: ${model.directory} has no conda.yaml; leave the option out to install with pip.`,
    );
  }
  return {
    runtime: 'python',
    title: `${[...model.flavors.keys()].join(', ')}, scored by Python`,
    base: baseOf(step, options),
    steps: [
      { kind: 'node', image: nodeImage, file: nodeFile },
      ...systemPackages(model, options),
      step,
      runtimeStep(packageFiles({ python: true, grpc: options.enableMlserver === true })),
      modelStep(model),
    ],
    config: containerConfig({
      model,
      env: {
        SLIPWAY_RUNTIME: 'python',
        MLFLOW_DISABLE_ENV_CREATION: 'true',
        ...(usesBase(step) ? {} : { VIRTUAL_ENV: environmentFolder }),
      },
      ...(usesBase(step) ? {} : { path: [`${environmentFolder}/bin`] }),
      ...(options.enableMlserver === undefined ? {} : { enableMlserver: options.enableMlserver }),
    }),
    notes,
  };
}

/** True where packages are installed into the Python of the base, false where into {@link environmentFolder}. */
export function usesBase({ manager, isInBase }: PythonStep): boolean {
  return isInBase && manager === 'local';
}

function baseOf({ manager, python }: PythonStep, { baseImage }: RecipeOptions): BaseImage {
  const base = (name: string, reason: string, isGiven = false): BaseImage => ({
    name,
    reason,
    isGiven,
    platforms: [],
  });
  if (baseImage !== undefined) return base(baseImage, 'As asked for.', true);
  if (manager === 'conda') return base(condaImage, 'conda, with conda-forge alone.');
  return python === null
    ? base(pythonImage(defaultPython), 'The model names no Python.')
    : base(pythonImage(python), 'The Python that the model was saved with.');
}

/**
 * The image for models that are mounted later, whatever scores them: environments are made when the container
 * starts, by uv, which brings the Python too.
 *
 * @throws INVALID_OPTION for `local`, as MLflow, and for conda
 */
export function mountedRecipe(
  packages: NonNullable<NativeParts['packages']>,
  options: RecipeOptions = {},
): ImageRecipe {
  refuseManager(options.envManager);
  const platforms = options.platforms ?? [defaultPlatform()];
  return {
    runtime: null,
    title: 'models mounted later',
    base: {
      name: options.baseImage ?? pythonImage(defaultPython),
      reason: 'Python models need one; which, and which packages, shows when one is mounted.',
      isGiven: options.baseImage !== undefined,
      platforms,
    },
    steps: [
      { kind: 'node', image: nodeImage, file: nodeFile },
      ...systemPackages(null, options),
      installer,
      ...platforms.map((platform) => packagesStep(packages(platform), platform)),
      runtimeStep(packageFiles({ python: true, grpc: options.enableMlserver === true })),
    ],
    config: containerConfig({
      model: null,
      ...(options.enableMlserver === undefined ? {} : { enableMlserver: options.enableMlserver }),
    }),
    notes: options.mlflowHome === undefined ? [] : ['--mlflow-home has no effect without a model'],
  };
}

const installer: PythonStep = {
  kind: 'python',
  reason: 'uv makes the environment of a Python model when one is mounted, and brings its Python.',
  manager: 'local',
  python: null,
  isInBase: true,
  buildDependencies: [],
  requirements: ['uv'],
  constraints: [],
  additions: [],
  files: [],
  condaFile: null,
};

function refuseManager(manager: EnvManager | undefined): void {
  if (manager !== 'local' && manager !== 'conda') return;
  const reason =
    manager === 'local'
      ? 'no Python has the packages of a model that is mounted later'
      : 'the image would have to hold conda';
  throw slipwayError(
    'INVALID_OPTION',
    `--env-manager ${manager} without a model: ${reason}. Name the model with -m, or leave the option out.`,
  );
}
