/** The command line of a server process: this Node, this package, the same options. */
import { fileURLToPath } from 'node:url';
import type {
  ManyModels,
  ModelLifecycle,
  ScoringLimits,
  ServeOptions,
} from '../contract/flavor-backend.ts';
import type { PrepareOptions } from '../contract/runtime.ts';
import { type CommandLine, withParentDeathSignal } from '../workers/parent-death-signal.ts';
import { observeArguments } from './observe-arguments.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { doorArguments, doorEnvironment } from './door-arguments.ts';
import { extraEnvironmentVariable } from './extra-environment.ts';

/**
 * Flags of Node for a serving process: a small young generation halves its memory at no cost in requests,
 * and takes effect only where the flag is there before the heap grows (docs/adr).
 */
export const serveNodeFlags: readonly string[] = ['--max-semi-space-size=1'];

/** Program and arguments. */
export function serveCommand(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
): CommandLine {
  const args = [...serveNodeFlags, mainPath(), ...serveArguments(uri, serve, options)];
  return withParentDeathSignal([process.execPath, ...args], 'TERM');
}

/** The same for one of several processes, which Node forks. */
export function processCommand(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
): { readonly exec: string; readonly execArgv: string[]; readonly args: string[] } {
  const args = serveArguments(uri, serve, options);
  return { exec: mainPath(), execArgv: Array.from(serveNodeFlags), args };
}

function serveArguments(
  uri: string,
  serve: ServeOptions,
  options: ResolvedBackendOptions,
): string[] {
  const { port, host, timeoutSeconds, enableMlserver, grpcPort, modelName, modelVersion } = serve;
  const { runtime, compat, lenientTypes, nonFinite, workers, threads, environment } = options;
  const what = serve.models === undefined ? ['-m', uri] : manyModelsArguments(serve, serve.models);
  const args = ['serve', ...what, '--port', String(port), '--host', host ?? 'localhost'];
  if (timeoutSeconds !== undefined) args.push('--timeout', String(timeoutSeconds));
  args.push('--runtime', runtime, '--compat', compat, '--non-finite', nonFinite);
  if (lenientTypes) args.push('--lenient-types');
  if (enableMlserver === true) args.push('--enable-mlserver');
  if (grpcPort !== undefined) args.push('--grpc-port', String(grpcPort));
  if (modelName !== undefined) args.push('--model-name', modelName);
  if (modelVersion !== undefined) args.push('--model-version', modelVersion);
  if (workers !== undefined) args.push('--workers', String(workers));
  if (threads !== undefined) args.push('--threads', String(threads));
  return [
    ...args,
    ...queueArguments(serve),
    ...observeArguments(serve),
    ...lifecycleArguments(serve),
    ...doorArguments(serve),
    ...environmentArguments(environment),
  ];
}

/** The values of its variables are not here, where every user of the machine can read them. */
function environmentArguments({
  envManager,
  python,
  noUv,
  offline,
  installMlflow,
  captureOutput,
  findLinks = [],
  pipRequirementsOverride = [],
}: PrepareOptions = {}): string[] {
  return [
    ...(envManager === undefined ? [] : ['--env-manager', envManager]),
    ...(python === undefined ? [] : ['--python', python]),
    ...(noUv === true ? ['--no-uv'] : []),
    ...(offline === true ? ['--offline'] : []),
    ...(installMlflow === true ? ['--install-mlflow'] : []),
    ...(captureOutput === false ? ['--verbose'] : []),
    ...findLinks.flatMap((link) => ['--find-links', link]),
    ...pipRequirementsOverride.flatMap((one) => ['--pip-requirements-override', one]),
  ];
}

/** Variables of the server process: what its command line cannot say, or had better not. */
export function serveEnvironment(
  serve: ServeOptions,
  {
    hideDetails,
    modelConfig,
    environment: { envRoot, extraEnvironment } = {},
  }: ResolvedBackendOptions,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...doorEnvironment(serve),
    ...(hideDetails && { MLFLOW_DISABLE_SCHEMA_DETAILS: 'true' }),
    ...(modelConfig !== undefined && { SERVING_MODEL_CONFIG: JSON.stringify(modelConfig) }),
    ...(envRoot !== undefined && { MLFLOW_ENV_ROOT: envRoot }),
    ...(extraEnvironment !== undefined && {
      [extraEnvironmentVariable]: JSON.stringify(extraEnvironment),
    }),
  };
}

function queueArguments({
  maxQueue,
  batching,
  batchMaxRows,
  batchMaxWaitMs,
}: ScoringLimits): string[] {
  const args: string[] = [];
  if (maxQueue !== undefined) args.push('--max-queue', String(maxQueue));
  if (batchMaxRows !== undefined) args.push('--batch-max-rows', String(batchMaxRows));
  if (batchMaxWaitMs !== undefined) args.push('--batch-max-wait-ms', String(batchMaxWaitMs));
  if (batching === false) args.push('--no-batching');
  return args;
}

function manyModelsArguments(
  { defaultModel, modelControl, loadModels = [], strictReadiness }: ManyModels,
  folder: string,
): string[] {
  return [
    '--models',
    folder,
    ...(defaultModel === undefined ? [] : ['--default-model', defaultModel]),
    ...(modelControl === undefined ? [] : ['--model-control', modelControl]),
    ...loadModels.flatMap((name) => ['--load-model', name]),
    ...(strictReadiness === false ? ['--no-strict-readiness'] : []),
  ];
}

function lifecycleArguments({
  warmUp,
  watchSeconds,
  drainDelaySeconds,
  shutdownTimeoutSeconds,
}: ModelLifecycle): string[] {
  const args: string[] = [];
  if (warmUp === false) args.push('--no-warm-up');
  if (watchSeconds !== undefined) args.push('--watch', `${watchSeconds}s`);
  if (drainDelaySeconds !== undefined) args.push('--drain-delay', String(drainDelaySeconds));
  if (shutdownTimeoutSeconds !== undefined) {
    args.push('--shutdown-timeout', String(shutdownTimeoutSeconds));
  }
  return args;
}

/** The built command line; beside this file, or in `dist` when this runs from source. */
function mainPath(): string {
  const built = import.meta.url.endsWith('.ts') ? '../../dist/cli/main.js' : '../cli/main.js';
  return fileURLToPath(new URL(built, import.meta.url));
}
