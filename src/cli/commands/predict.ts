/** `slipway predict`: a file or stdin in, predictions out. */
import type { Command } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import {
  addEnvironmentOptions,
  addModelOptions,
  addScoringOptions,
  backendOptionsOf,
  checkEnvironmentOptions,
  type CommonValues,
  type EnvironmentValues,
  note,
} from '../common-options.ts';
import { createProgressBar } from '../progress-bar.ts';

interface PredictValues extends CommonValues, EnvironmentValues {
  readonly inputPath?: string;
  readonly outputPath?: string;
  readonly contentType: string;
  readonly pipRequirementsOverride?: string;
  readonly env?: readonly string[];
}

/** Adds the command to `parent`. */
export function addPredict(parent: Command): Command {
  const command = parent.command('predict').description('Score a file or stdin.');
  addModelOptions(command, 'required');
  command
    .option('-i, --input-path <FILE>', 'File to read. Default: stdin.')
    .option('-o, --output-path <FILE>', 'File to write, complete or not at all. Default: stdout.')
    .option('-t, --content-type <TYPE>', 'json or csv.', 'json')
    .option(
      '-r, --pip-requirements-override <TEXT>',
      'Packages for the environment; native models need none.',
    )
    .option('--env <KEY=VALUE>', 'Variable of the environment; repeatable.', collectPairs);
  addEnvironmentOptions(command);
  return addScoringOptions(command).action(predict);
}

async function predict(values: PredictValues): Promise<void> {
  checkEnvironmentOptions(values);
  checkOverrides(values);
  const { contentType, inputPath, outputPath } = values;
  if (contentType !== 'json' && contentType !== 'csv') {
    throw slipwayError('INVALID_OPTION', 'Content type must be one of json or csv.');
  }
  const { runPredict } = await import('../../backend/run-predict.ts');
  const bar = createProgressBar();
  try {
    await runPredict(
      values.modelUri,
      {
        contentType,
        ...(inputPath === undefined ? {} : { inputPath }),
        ...(outputPath === undefined ? {} : { outputPath }),
      },
      resolveBackendOptions(backendOptionsOf(values)),
      { onProgress: (progress) => bar.update(progress) },
    );
  } finally {
    bar.clear();
  }
}

/** With the local manager MLflow refuses both; for a native model they have nothing to act on. */
function checkOverrides(values: PredictValues): void {
  const local = !values.conda || values.envManager === 'local';
  const overrides = [
    ...(values.pipRequirementsOverride === undefined ? [] : ['--pip-requirements-override']),
    ...(values.env === undefined ? [] : ['--env']),
  ];
  for (const name of overrides) {
    if (local) {
      throw slipwayError(
        'INVALID_OPTION',
        `${name} needs an environment, and --env-manager local makes none.`,
      );
    }
    note(`${name} has no effect: a native model needs no environment`);
  }
}

function collectPairs(text: string, previous: readonly string[] = []): readonly string[] {
  if (!text.includes('=')) {
    throw slipwayError(
      'USAGE',
      `Invalid value for '--env': '${text}' is not a key value pair (KEY=VALUE).`,
    );
  }
  return [...previous, text];
}
