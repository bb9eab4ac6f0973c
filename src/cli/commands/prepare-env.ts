/** `slipway prepare-env`: whatever makes predict and serve fast; for a native model, a check that it opens. */
import type { Command } from 'commander';
import { slipwayError } from '../../errors/slipway-error.ts';
import {
  addEnvironmentOptions,
  addModelOptions,
  checkEnvironmentOptions,
  type CommonValues,
  type EnvironmentValues,
} from '../common-options.ts';

type PrepareValues = Pick<CommonValues, 'modelUri' | 'runtime'> & EnvironmentValues;

/** Adds the command to `parent`. */
export function addPrepareEnv(parent: Command): Command {
  const command = parent
    .command('prepare-env')
    .description('Prepare what a model needs; a native model needs nothing.');
  addModelOptions(command, 'required');
  return addEnvironmentOptions(command).action(prepareEnv);
}

async function prepareEnv(values: PrepareValues): Promise<void> {
  checkEnvironmentOptions(values);
  if (!values.conda || values.envManager === 'local') {
    throw slipwayError(
      'INVALID_OPTION',
      'Prepare env should not be called with local env manager!',
    );
  }
  const { getFlavorBackend } = await import('../../backend/get-flavor-backend.ts');
  const backend = await getFlavorBackend(values.modelUri, { runtime: values.runtime });
  await backend.prepareEnv(values.modelUri);
  process.stderr.write('slipway: the model opens; there is nothing to install\n');
}
