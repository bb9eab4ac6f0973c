/** `slipway serve`: the scoring server, until it is told to stop. */
import { type Command, Option } from 'commander';
import { resolveBackendOptions } from '../../backend/backend-options.ts';
import { extraEnvironmentVariable, extraVariables } from '../../backend/extra-environment.ts';
import type { ServerReady } from '../../backend/serve-here.ts';
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
import { jsonVariable } from '../json-variable.ts';
import { noteSelection } from '../note-selection.ts';
import { withMlserverVariables } from '../mlserver-variables.ts';
import { addObserveOptions, observeOptionsOf, type ObserveValues } from '../observe-options.ts';
import { missingOption, takesInteger, takesPort } from '../parse-value.ts';
import { addLifecycleOptions, lifecycleOf, type LifecycleValues } from '../lifecycle-options.ts';
import { addDoorOptions, doorOptionsOf, type DoorValues } from '../door-options.ts';
import { addQueueOptions, queueOptionsOf, type QueueValues } from '../queue-options.ts';
import {
  addServedNameOptions,
  servedNameOf,
  type ServedNameValues,
} from '../served-name-options.ts';
import { showProgress } from '../show-progress.ts';

interface ServeValues
  extends
    Omit<CommonValues, 'modelUri'>,
    PrepareValues,
    QueueValues,
    DoorValues,
    ServedNameValues,
    ObserveValues,
    LifecycleValues {
  readonly port: number;
  readonly host: string;
  readonly timeout: number;
  readonly workers: number;
  readonly threads?: number;
  readonly enableMlserver?: true;
  readonly grpcPort?: number;
  readonly json?: true;
}

/** Adds the command to `parent`. */
export function addServe(parent: Command): Command {
  const command = parent.command('serve').description('Serve a model over HTTP.');
  addModelOptions(command, 'optional');
  command
    .addOption(
      takesPort(new Option('-p, --port <INT>', 'Port; 0 takes a free one.'))
        .env('MLFLOW_PORT')
        .default(5000),
    )
    .addOption(
      new Option('-h, --host <TEXT>', 'Address to listen on.')
        .env('MLFLOW_HOST')
        .default('127.0.0.1'),
    )
    .addOption(
      takesInteger(new Option('-t, --timeout <INT>', 'Limit of one request in seconds.'), 0)
        .env('MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT')
        .default(60),
    )
    .addOption(
      takesInteger(new Option('-w, --workers <INT>', 'Processes that score.'), 1)
        .env('MLFLOW_MODELS_WORKERS')
        .default(1),
    )
    .addOption(
      takesInteger(
        new Option(
          '--threads <INT>',
          'Requests that one process of a Python model answers at once (default: cores + 4, at most 32); threads for big batches of a native one (default: cores).',
        ),
        1,
      ),
    )
    .option(
      '--enable-mlserver',
      'Be as MLServer was: the V2 protocol over gRPC too, on port 8081 unless --grpc-port says another, and its names of metrics.',
    )
    .addOption(
      takesPort(
        new Option(
          '--grpc-port <INT>',
          'Port of the V2 protocol over gRPC; 0 takes a free one (env: MLSERVER_GRPC_PORT).',
        ),
      ),
    )
    .option('--json', 'Print the line that says where the server is as JSON.');
  addQueueOptions(command);
  addDoorOptions(command);
  addServedNameOptions(command);
  addObserveOptions(command);
  addLifecycleOptions(command);
  addPrepareOptions(command);
  return addScoringOptions(command).action(serve);
}

async function serve(given: ServeValues, command: Command): Promise<void> {
  const values = withMlserverVariables(given, command);
  const uri = servedUri(values);
  const passedOn = extraVariables(jsonVariable(extraEnvironmentVariable));
  const { extraEnvironment, ...prepare } = readPrepareOptions(values);
  const environment = { ...prepare, extraEnvironment: { ...passedOn, ...extraEnvironment } };
  const { serveHere } = await import('../../backend/serve-here.ts');
  const { port, host, timeout, workers, threads, grpcPort, enableMlserver = false } = values;
  const modelConfig = jsonVariable('SERVING_MODEL_CONFIG');
  const { onProgress, clear } = showProgress(values);
  const options = resolveBackendOptions({
    ...backendOptionsOf(values),
    workers,
    environment,
    onProgress,
    ...(threads === undefined ? {} : { threads }),
    ...(modelConfig === null ? {} : { modelConfig }),
  });
  const limits = {
    timeoutSeconds: timeout,
    ...queueOptionsOf(values),
    ...doorOptionsOf(values),
    ...servedNameOf(values),
    ...(grpcPort === undefined ? {} : { grpcPort }),
    enableMlserver,
    ...observeOptionsOf(values),
    ...lifecycleOf(values),
  };
  process.exitCode = await serveHere(uri, { port, host, ...limits }, options, {
    onSelected: (selection) => noteSelection(values, selection),
    onReady: (ready) => {
      clear();
      announce(ready, values);
    },
  }).finally(clear);
}

/** Empty for a folder of models. */
function servedUri({ modelUri, models }: ServeValues): string {
  if (modelUri !== undefined || models !== undefined) return modelUri ?? '';
  throw missingOption('-m, --model-uri');
}

function announce(ready: ServerReady, values: ServeValues): void {
  process.stdout.write(
    `${values.json === true ? readyJson(ready, values) : readyLine(ready, values)}\n`,
  );
}

function readyLine({ address, selection, models }: ServerReady, values: ServeValues): string {
  if (values.models === undefined) {
    const what = `${selection?.runtime ?? ''}, ${selection?.flavor ?? ''}`;
    return `Serving ${values.modelUri} (${what}) at ${address.url}${grpcNote(address)}`;
  }
  const ready = models.filter(({ state }) => state === 'READY').length;
  return `Serving ${ready} of ${models.length} models of ${values.models} at ${address.url}${grpcNote(address)}`;
}

function readyJson({ address, selection, models }: ServerReady, values: ServeValues): string {
  const head = { event: 'ready', ...address, pid: process.pid };
  if (values.models !== undefined) return JSON.stringify({ ...head, models });
  const { runtime, flavor } = selection ?? {};
  return JSON.stringify({ ...head, runtime, flavor, modelUri: values.modelUri });
}

function grpcNote({ grpcPort }: ServerReady['address']): string {
  return grpcPort === undefined ? '' : `, gRPC at port ${grpcPort}`;
}
