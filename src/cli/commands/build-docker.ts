/** `slipway build-docker`: an image that serves the model. */
import type { Command } from 'commander';
import { addImageOptions, type ImageValues, withImageBackend } from '../image-options.ts';

interface BuildValues extends ImageValues {
  readonly name: string;
}

/** Adds the command to `parent`. */
export function addBuildDocker(parent: Command): Command {
  const command = parent
    .command('build-docker')
    .description('Build an image that serves the model.')
    .option('-n, --name <NAME>', 'Name of the image.', 'mlflow-pyfunc-servable');
  return addImageOptions(command).action((values: BuildValues) =>
    withImageBackend(values, 'build-docker', (backend, modelUri, options) =>
      backend.buildImage(modelUri, values.name, options),
    ),
  );
}
