/** Options that `generate-dockerfile` and `build-docker` share, and how both are carried out. */
import { type Command, Option } from 'commander';
import type { FlavorBackend, ImageOptions } from '../contract/flavor-backend.ts';
import { capabilityRefusal } from './capability-refusal.ts';
import {
  addEnvironmentOptions,
  addModelOptions,
  checkEnvironmentOptions,
  type CommonValues,
  type EnvironmentValues,
} from './common-options.ts';
import { takesBoolean } from './parse-value.ts';

/** Values of {@link addImageOptions}. */
export interface ImageValues
  extends
    Partial<Pick<CommonValues, 'modelUri'>>,
    Pick<CommonValues, 'runtime'>,
    EnvironmentValues {
  readonly mlflowHome?: string;
  readonly installJava?: boolean;
  readonly enableMlserver?: true;
  readonly baseImage?: string;
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
    .option('--enable-mlserver', 'Speak the V2 protocol too; not there yet, so refused.');
  return addEnvironmentOptions(command);
}

/** Checks the options, selects the backend and lets it do `work`. @throws CAPABILITY_UNAVAILABLE */
export async function withImageBackend(
  values: ImageValues,
  name: string,
  work: (backend: FlavorBackend, modelUri: string, options: ImageOptions) => Promise<void>,
): Promise<void> {
  checkEnvironmentOptions(values);
  const { modelUri, runtime, mlflowHome, baseImage } = values;
  if (modelUri === undefined) throw capabilityRefusal(`${name} without a model`);
  const { getFlavorBackend } = await import('../backend/get-flavor-backend.ts');
  const backend = await getFlavorBackend(modelUri, { runtime });
  await work(backend, modelUri, {
    installJava: values.installJava ?? false,
    installMlflow: values.installMlflow ?? false,
    enableMlserver: values.enableMlserver ?? false,
    ...(mlflowHome === undefined ? {} : { mlflowHome }),
    ...(baseImage === undefined ? {} : { baseImage }),
  });
}
