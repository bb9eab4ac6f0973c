/** `slipway doctor`: what is missing for each runtime, before anything is installed. */
import type { Command } from 'commander';
import { addModelOptions, type CommonValues } from '../common-options.ts';
import { canRun, diagnosisJson, diagnosisText } from '../describe-diagnosis.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from '../environment-options.ts';

type Values = Pick<CommonValues, 'modelUri' | 'runtime' | 'cache'> &
  PrepareValues & { readonly json?: true };

/** Adds the command to `parent`. */
export function addDoctor(parent: Command): Command {
  const command = parent
    .command('doctor')
    .description(
      'Say what each runtime needs for the model and what of it is missing; changes nothing.',
    );
  addModelOptions(command, 'required');
  return addPrepareOptions(command).option('--json', 'Print JSON.').action(doctor);
}

/** Exit code 1 where nothing here can score the model, not even after prepare-env. */
async function doctor(values: Values): Promise<void> {
  const options = readPrepareOptions(values);
  const { selectModel } = await import('../../backend/open-model.ts');
  const { diagnoseEnvironment } = await import('../../env/diagnose-environment.ts');
  const selected = await selectModel(values.modelUri, values.runtime, {
    ...(options.offline === true ? { offline: true } : {}),
    ...(values.cache ? {} : { noCache: true }),
  });
  const isPython = selected.model.flavors.has('python_function');
  const environment = isPython ? await diagnoseEnvironment(selected.model, options) : null;
  const diagnosis = { selected, environment };
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify(diagnosisJson(diagnosis), null, 2)}\n`
      : diagnosisText(diagnosis),
  );
  if (!canRun(diagnosis)) process.exitCode = 1;
}
