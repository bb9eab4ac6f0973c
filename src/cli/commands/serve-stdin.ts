/** `slipway serve-stdin`: answers requests that come as lines on stdin, until it ends. */
import { type Command, Option } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import {
  addModelOptions,
  addScoringOptions,
  backendOptionsOf,
  type CommonValues,
  note,
} from '../common-options.ts';
import {
  addPrepareOptions,
  type PrepareValues,
  readPrepareOptions,
} from '../environment-options.ts';
import { jsonVariable } from '../json-variable.ts';
import { noteSelection } from '../note-selection.ts';
import { takesInteger } from '../parse-value.ts';
import { showProgress } from '../show-progress.ts';

interface ServeStdinValues extends CommonValues, PrepareValues {
  readonly timeout: number;
}

/** Adds the command to `parent`. */
export function addServeStdin(parent: Command): Command {
  const command = parent
    .command('serve-stdin')
    .description('Answer requests on stdin: one JSON object {"id", "data", "output_file"} a line.');
  addModelOptions(command, 'required');
  command.addOption(
    takesInteger(new Option('-t, --timeout <INT>', 'Limit of one request in seconds.'), 0)
      .env('MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT')
      .default(60),
  );
  addPrepareOptions(command);
  return addScoringOptions(command).action(serveLines);
}

async function serveLines(values: ServeStdinValues): Promise<void> {
  const environment = readPrepareOptions(values);
  const { serveStdin } = await import('../../backend/serve-stdin.ts');
  const { modelUri, timeout } = values;
  const modelConfig = jsonVariable('SERVING_MODEL_CONFIG');
  const { onProgress, clear } = showProgress(values);
  const options = resolveBackendOptions({
    ...backendOptionsOf(values),
    environment,
    onProgress,
    ...(modelConfig === null ? {} : { modelConfig }),
  });
  process.exitCode = await serveStdin(modelUri, { timeoutSeconds: timeout }, options, {
    stdin: process.stdin,
    stdout: process.stdout,
    onSelected: (selection) => noteSelection(values, selection),
    onReady: ({ runtime, flavor }) => {
      clear();
      note(`${modelUri} (${runtime}, ${flavor}) answers on stdin`);
    },
  }).finally(clear);
}
