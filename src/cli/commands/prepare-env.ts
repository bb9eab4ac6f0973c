/** `slipway prepare-env`: whatever makes predict and serve fast; for a native model, a check that it opens. */
import type { Command } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import type { PythonEnvironment } from '../../env/python-environment.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { addModelOptions, type CommonValues } from '../common-options.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from '../environment-options.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Values = Pick<CommonValues, 'modelUri' | 'runtime'> & PrepareValues & { readonly json?: true };

/** Adds the command to `parent`. */
export function addPrepareEnv(parent: Command): Command {
  const command = parent
    .command('prepare-env')
    .description('Prepare what a model needs; a native model needs nothing.');
  addModelOptions(command, 'required');
  return addPrepareOptions(command)
    .option('--json', 'Print what was prepared as JSON.')
    .action(prepareEnv);
}

async function prepareEnv(values: Values): Promise<void> {
  const { modelUri, runtime } = values;
  const options = readPrepareOptions(values, ({ step }) => say(step));
  if (options.envManager === 'local') {
    throw slipwayError(
      'INVALID_OPTION',
      'Prepare env should not be called with local env manager!',
    );
  }
  const { prepareModel } = await import('../../backend/open-model.ts');
  const environment = await withInterrupt((signal) =>
    prepareModel(modelUri, resolveBackendOptions({ runtime, environment: { ...options, signal } })),
  );
  const made = environment.kind === 'python' ? (environment as PythonEnvironment) : null;
  say(made === null ? 'the model opens; there is nothing to install' : `ready: ${made.directory}`);
  if (values.json !== true) return;
  const { kind } = environment;
  const { manager, directory, python } = made ?? { manager: null, directory: null, python: null };
  process.stdout.write(`${JSON.stringify({ runtime: kind, manager, directory, python })}\n`);
}

function say(text: string): void {
  process.stderr.write(`slipway: ${text}\n`);
}
