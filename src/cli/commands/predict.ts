/** `slipway predict`: a file or stdin in, predictions out. */
import type { Command } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import {
  addModelOptions,
  addScoringOptions,
  backendOptionsOf,
  type CommonValues,
} from '../common-options.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from '../environment-options.ts';
import { noteSelection } from '../note-selection.ts';
import { createProgressBar } from '../progress-bar.ts';
import { showProgress } from '../show-progress.ts';
import { withInterrupt } from '../with-interrupt.ts';

interface PredictValues extends CommonValues, PrepareValues {
  readonly inputPath?: string;
  readonly outputPath?: string;
  readonly contentType: string;
}

/** Adds the command to `parent`. */
export function addPredict(parent: Command): Command {
  const command = parent.command('predict').description('Score a file or stdin.');
  addModelOptions(command, 'required');
  command
    .option('-i, --input-path <FILE>', 'File to read. Default: stdin.')
    .option('-o, --output-path <FILE>', 'File to write, complete or not at all. Default: stdout.')
    .option('-t, --content-type <TYPE>', 'json or csv.', 'json');
  addPrepareOptions(command);
  return addScoringOptions(command).action(predict);
}

async function predict(values: PredictValues): Promise<void> {
  const environment = readPrepareOptions(values);
  const { contentType, inputPath, outputPath } = values;
  if (contentType !== 'json' && contentType !== 'csv') {
    throw slipwayError('INVALID_OPTION', 'Content type must be one of json or csv.');
  }
  const { runPredict } = await import('../../backend/run-predict.ts');
  const files = {
    ...(inputPath === undefined ? {} : { inputPath }),
    ...(outputPath === undefined ? {} : { outputPath }),
  };
  const { onProgress, clear } = showProgress(values);
  const options = resolveBackendOptions({ ...backendOptionsOf(values), environment, onProgress });
  const bar = createProgressBar();
  try {
    await withInterrupt((signal) =>
      runPredict(values.modelUri, { contentType, ...files, signal }, options, {
        onSelected: (selection) => noteSelection(values, selection),
        onOpened: clear,
        onProgress: (progress) => bar.update(progress),
      }),
    );
  } finally {
    clear();
    bar.clear();
  }
}
