/** `slipway inspect`: what a model is, what scores it here and why, and what else would be needed. */
import type { Command } from 'commander';
import { addModelOptions, type CommonValues } from '../common-options.ts';
import { inspectionJson, inspectionText } from '../describe-inspection.ts';

type InspectValues = Pick<CommonValues, 'modelUri' | 'runtime'> & { readonly json?: true };

/** Adds the command to `parent`. */
export function addInspect(parent: Command): Command {
  const command = parent
    .command('inspect')
    .description('Show flavors, signature, and what scores the model here and why.')
    .option('--json', 'Print JSON.');
  return addModelOptions(command, 'required').action(inspect);
}

async function inspect({ modelUri, runtime, json }: InspectValues): Promise<void> {
  const { selectModel } = await import('../../backend/open-model.ts');
  const { readModelEnvironment } = await import('../../model/environment-files.ts');
  const selected = await selectModel(modelUri, runtime);
  const environment = await readModelEnvironment(selected.model);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(inspectionJson(selected, environment), null, 2)}\n`
      : inspectionText(selected, environment),
  );
}
