/** The image of a model that Slipway scores itself: Node, one bundled file, the model. Nothing is run to build it. */
import type {
  FilesStep,
  ImageRecipe,
  Platform,
  RecipeFile,
  RecipeOptions,
} from '../../contract/image-recipe.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { nodeImage } from './base-images.ts';
import { containerConfig, modelFolder } from './container-config.ts';
import { packageFiles } from './package-files.ts';
import { defaultPlatform } from './platforms.ts';

/** What the native runtime knows of the model. */
export interface NativeParts {
  /** null where the model is mounted later. */
  readonly model: SavedModel | null;
  /** The flavor that scores it, for the title. */
  readonly flavor: string | null;
  /** Files that its reader loads besides Slipway's own, for a platform. */
  readonly packages?: (platform: Platform) => readonly RecipeFile[];
}

/** Makes the recipe. Names files, reads none of them. */
export function nativeRecipe(
  { model, flavor, packages }: NativeParts,
  options: RecipeOptions = {},
): ImageRecipe {
  const platforms = packages === undefined ? [] : (options.platforms ?? [defaultPlatform()]);
  return {
    runtime: 'native',
    title: flavor === null ? 'models mounted later, scored natively' : `${flavor}, scored natively`,
    base: {
      name: options.baseImage ?? nodeImage,
      reason:
        options.baseImage === undefined
          ? 'Node is all that a native model needs.'
          : 'As asked for; it must have Node 20.19 or newer.',
      isGiven: options.baseImage !== undefined,
      platforms,
    },
    steps: [
      ...platforms.map((platform) => packagesStep(packages?.(platform) ?? [], platform)),
      runtimeStep(packageFiles({ python: false, grpc: options.enableMlserver === true })),
      ...(model === null ? [] : [modelStep(model)]),
    ],
    config: containerConfig({
      model,
      // There is no Python to fall back upon.
      env: { SLIPWAY_RUNTIME: 'native' },
      ...(options.enableMlserver === undefined ? {} : { enableMlserver: options.enableMlserver }),
    }),
    notes: notesOn(options),
  };
}

/** Slipway itself. */
export function runtimeStep(files: readonly RecipeFile[]): FilesStep {
  return {
    kind: 'files',
    name: 'runtime',
    reason: 'Slipway: the command as one file, kernels inside. Changes with its version.',
    files,
  };
}

/** Libraries for one platform. */
export function packagesStep(files: readonly RecipeFile[], platform: Platform): FilesStep {
  return {
    kind: 'files',
    name: 'packages',
    reason: `Libraries that score, for ${platform} alone.`,
    files,
    platform,
  };
}

/** The model folder, by itself and last. */
export function modelStep({ directory }: SavedModel): FilesStep {
  return {
    kind: 'files',
    name: 'model',
    reason: 'The model, last: a new one changes this layer alone.',
    files: [{ source: directory, target: modelFolder }],
  };
}

function notesOn({
  installJava,
  installMlflow,
  mlflowHome,
  envManager,
}: RecipeOptions): readonly string[] {
  const without = [
    ...(installJava === true ? ['--install-java'] : []),
    ...(installMlflow === true ? ['--install-mlflow'] : []),
    ...(mlflowHome === undefined ? [] : ['--mlflow-home']),
    ...(envManager === undefined ? [] : ['--env-manager']),
  ];
  if (without.length === 0) return [];
  const have = without.length === 1 ? 'has' : 'have';
  return [
    `${without.join(' and ')} ${have} no effect: a native model needs neither Python nor Java`,
  ];
}
