/** `slipway generate-dockerfile`: a directory with a Dockerfile that serves the model. */
import type { Command } from 'commander';
import { note } from '../common-options.ts';
import {
  addImageOptions,
  imageBackendOptions,
  type ImageValues,
  recipeOptions,
} from '../image-options.ts';

interface GenerateValues extends ImageValues {
  readonly outputDirectory: string;
}

/** Adds the command to `parent`. */
export function addGenerateDockerfile(parent: Command): Command {
  const command = parent
    .command('generate-dockerfile')
    .description(
      'Write a directory with a Dockerfile that serves the model; without one, what is mounted at /opt/ml/model.',
    )
    .option('-d, --output-directory <DIR>', 'Directory to write.', 'mlflow-dockerfile');
  return addImageOptions(command).action(generate);
}

async function generate(values: GenerateValues): Promise<void> {
  const { modelUri = null, outputDirectory } = values;
  const options = recipeOptions(values);
  const backend = imageBackendOptions(values);
  const { generateDockerfile } = await import('../../backend/generate-dockerfile.ts');
  const recipe = await generateDockerfile(modelUri, outputDirectory, backend, options);
  for (const line of recipe.notes) note(line);
  process.stdout.write(
    `Wrote ${outputDirectory}: ${recipe.title}, upon ${recipe.base.name}. Build it with: docker build -t NAME ${outputDirectory}\n`,
  );
}
