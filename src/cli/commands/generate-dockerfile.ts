/** `slipway generate-dockerfile`: a directory with a Dockerfile that serves the model. */
import type { Command } from 'commander';
import { addImageOptions, type ImageValues, withImageBackend } from '../image-options.ts';

interface GenerateValues extends ImageValues {
  readonly outputDirectory: string;
}

/** Adds the command to `parent`. */
export function addGenerateDockerfile(parent: Command): Command {
  const command = parent
    .command('generate-dockerfile')
    .description('Write a directory with a Dockerfile that serves the model.')
    .option('-d, --output-directory <DIR>', 'Directory to write.', 'mlflow-dockerfile');
  return addImageOptions(command).action((values: GenerateValues) =>
    withImageBackend(values, 'generate-dockerfile', (backend, modelUri, options) =>
      backend.generateDockerfile(modelUri, values.outputDirectory, options),
    ),
  );
}
