/** `slipway inspect`: what a model is, what scores it here and why, and what else would be needed. */
import type { Command } from 'commander';
import { addModelOptions, type CommonValues } from '../common-options.ts';
import { showProgress } from '../show-progress.ts';
import { inspectionJson, inspectionText } from '../describe-inspection.ts';

type InspectValues = Pick<CommonValues, 'modelUri' | 'runtime' | 'cache' | 'verbose'> & {
  readonly json?: true;
  readonly offline?: true;
};

/** Adds the command to `parent`. */
export function addInspect(parent: Command): Command {
  const command = parent
    .command('inspect')
    .description('Show flavors, signature, and what scores the model here and why.')
    .option('--offline', 'Ask no server: take the model from the cache.')
    .option('--json', 'Print JSON.');
  return addModelOptions(command, 'required').action(inspect);
}

async function inspect(values: InspectValues): Promise<void> {
  const { modelUri, runtime, json, offline = false, cache } = values;
  const { selectModel } = await import('../../backend/open-model.ts');
  const { readModelEnvironment } = await import('../../model/environment-files.ts');
  const { onProgress, clear } = showProgress(values);
  const fetching = { onProgress, ...(offline && { offline }), ...(cache ? {} : { noCache: true }) };
  const selected = await selectModel(modelUri, runtime, fetching).finally(clear);
  const environment = await readModelEnvironment(selected.model);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(inspectionJson(selected, environment), null, 2)}\n`
      : inspectionText(selected, environment),
  );
}
