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
import { describeRemembered, verifyPrepared } from '../verify-prepared.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Values = Pick<CommonValues, 'modelUri' | 'runtime'> &
  PrepareValues & { readonly json?: true; readonly verify?: true };

const notNative = 'there is nothing to verify: the native runtime does not score this model';

/** Adds the command to `parent`. */
export function addPrepareEnv(parent: Command): Command {
  const command = parent
    .command('prepare-env')
    .description('Prepare what a model needs; a native model needs nothing.');
  addModelOptions(command, 'required');
  return addPrepareOptions(command)
    .option(
      '--verify',
      'Compare a native model with its Python environment, once for each content of the model.',
    )
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
  const found =
    values.verify === true && environment.kind === 'native'
      ? await verifyPrepared(modelUri, options)
      : null;
  if (values.verify === true) say(found === null ? notNative : describeRemembered(found));
  if (values.json !== true) return;
  const { kind } = environment;
  const { manager, directory, python } = made ?? { manager: null, directory: null, python: null };
  const verified =
    found === null
      ? {}
      : { verified: found.verification.differing === 0, rememberedSince: found.rememberedSince };
  const prepared = { runtime: kind, manager, directory, python, ...verified };
  process.stdout.write(`${JSON.stringify(prepared)}\n`);
}

function say(text: string): void {
  process.stderr.write(`slipway: ${text}\n`);
}
