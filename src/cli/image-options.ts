/** Options that `generate-dockerfile` and `build-docker` share, and what they ask for. */
import { type Command, Option } from 'commander';
import { type ResolvedBackendOptions, resolveBackendOptions } from '../backend/backend-options.ts';
import type { Platform, RecipeOptions } from '../contract/image-recipe.ts';
import {
  addEnvironmentOptions,
  addModelOptions,
  type CommonValues,
  type EnvironmentValues,
} from './common-options.ts';
import { checkEnvManager } from './env-manager.ts';
import { takesBoolean } from './parse-value.ts';
import { platformOption } from './platform-option.ts';

/** Values of {@link addImageOptions}. */
export interface ImageValues
  extends
    Partial<Pick<CommonValues, 'modelUri'>>,
    Pick<CommonValues, 'runtime' | 'cache'>,
    EnvironmentValues {
  readonly mlflowHome?: string;
  readonly installJava?: boolean;
  readonly enableMlserver?: true;
  readonly baseImage?: string;
  readonly platform?: readonly Platform[];
}

/** Adds the shared options. */
export function addImageOptions(command: Command): Command {
  addModelOptions(command, 'optional');
  command
    .option('--mlflow-home <PATH>', 'Checkout of MLflow to install in the image.')
    .addOption(
      takesBoolean(new Option('--install-java [BOOL]', 'Install Java in the image.')).preset(
        'true',
      ),
    )
    .option('--base-image <NAME>', 'Image to build upon.')
    .addOption(platformOption())
    .option('--enable-mlserver', 'Serve as MLServer does.');
  return addEnvironmentOptions(command);
}

/** What the values ask of the image. @throws INVALID_OPTION */
export function recipeOptions(values: ImageValues): RecipeOptions {
  const envManager = checkEnvManager(values.conda ? values.envManager : 'local');
  const { baseImage, platform, mlflowHome, installJava } = values;
  return {
    ...(baseImage === undefined ? {} : { baseImage }),
    ...(platform === undefined ? {} : { platforms: platform }),
    ...(envManager === undefined ? {} : { envManager }),
    ...(installJava === undefined ? {} : { installJava }),
    ...(values.installMlflow === true ? { installMlflow: true } : {}),
    ...(mlflowHome === undefined ? {} : { mlflowHome }),
    ...(values.enableMlserver === true ? { enableMlserver: true } : {}),
  };
}

/** How the model is fetched and what is to score it. */
export function imageBackendOptions({ runtime, cache }: ImageValues): ResolvedBackendOptions {
  return resolveBackendOptions({ runtime, ...(cache ? {} : { noCache: true }) });
}
