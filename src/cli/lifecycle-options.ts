/** Options of how the models of a server come and go, and of how it stops. */
import { type Command, Option } from 'commander';
import type { ManyModels, ModelLifecycle } from '../contract/flavor-backend.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { booleanVariable } from './boolean-variable.ts';
import { takesChoice, takesInteger } from './parse-value.ts';
import { takesSeconds } from './takes-seconds.ts';

/** Values of {@link addLifecycleOptions}. */
export interface LifecycleValues {
  readonly modelUri?: string;
  readonly models?: string;
  readonly defaultModel?: string;
  readonly modelControl: 'none' | 'explicit';
  readonly loadModel?: readonly string[];
  /** False after `--no-strict-readiness`. */
  readonly strictReadiness: boolean;
  /** True: in the usual interval. */
  readonly watch?: number | true;
  /** False after `--no-warm-up`. */
  readonly warmUp: boolean;
  readonly drainDelay: number;
  readonly shutdownTimeout: number;
}

/** Interval of `--watch` without a value, in seconds. */
const usualWatchSeconds = 5;

/** `--models` and what goes with it, `--watch`, `--no-warm-up`, `--drain-delay`, `--shutdown-timeout`. */
export function addLifecycleOptions(command: Command): Command {
  return addManyModels(command)
    .addOption(
      takesSeconds(
        new Option(
          '--watch [INTERVAL]',
          `Load models anew that have changed; look every 500ms, 30s, 5m… (${usualWatchSeconds}s).`,
        ),
      ).env('SLIPWAY_WATCH'),
    )
    .option(
      '--no-warm-up',
      'Do not score the input example before a model answers (env: SLIPWAY_NO_WARM_UP).',
    )
    .addOption(
      takesInteger(
        new Option('--drain-delay <SECONDS>', 'Told to stop, be not ready for so long first.'),
        0,
      )
        .env('SLIPWAY_DRAIN_DELAY')
        .default(0),
    )
    .addOption(
      takesInteger(
        new Option('--shutdown-timeout <SECONDS>', 'Most time for requests in flight after that.'),
        0,
      )
        .env('SLIPWAY_SHUTDOWN_TIMEOUT')
        .default(30),
    );
}

function addManyModels(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--models <DIR>',
        'Serve every model in this folder, by the names of its sub-folders, in place of -m.',
      ).env('SLIPWAY_MODELS'),
    )
    .addOption(
      new Option(
        '--default-model <NAME>',
        'Which of them answers /invocations (default: the only one).',
      ).env('SLIPWAY_DEFAULT_MODEL'),
    )
    .addOption(
      takesChoice(
        new Option(
          '--model-control <MODE>',
          'none: load all at the start; explicit: those of --load-model.',
        ),
        ['none', 'explicit'],
      )
        .env('SLIPWAY_MODEL_CONTROL')
        .default('none'),
    )
    .option('--load-model <NAME>', 'Load this one at the start; repeatable.', append)
    .option(
      '--no-strict-readiness',
      'Be ready though models could not be loaded (env: SLIPWAY_NO_STRICT_READINESS).',
    );
}

function append(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/**
 * The part of the server's options that they make up.
 *
 * @throws USAGE for options that contradict each other, INVALID_ENVIRONMENT_VARIABLE
 */
export function lifecycleOf(values: LifecycleValues): ManyModels & ModelLifecycle {
  const { models, modelUri, defaultModel, modelControl, loadModel, watch } = values;
  const { drainDelay, shutdownTimeout } = values;
  if (models !== undefined && modelUri !== undefined) {
    throw slipwayError('USAGE', "'--model-uri' / '-m' and '--models' exclude each other.");
  }
  if (models === undefined && (loadModel !== undefined || defaultModel !== undefined)) {
    const option = loadModel === undefined ? '--default-model' : '--load-model';
    throw slipwayError('USAGE', `'${option}' names one of the models of '--models'.`);
  }
  if (loadModel !== undefined && modelControl === 'none') {
    throw slipwayError('USAGE', "'--load-model' needs '--model-control explicit'.");
  }
  return {
    ...(models !== undefined && { models, modelControl }),
    ...(defaultModel !== undefined && { defaultModel }),
    ...(loadModel !== undefined && { loadModels: loadModel }),
    ...(watch !== undefined && { watchSeconds: watch === true ? usualWatchSeconds : watch }),
    strictReadiness: values.strictReadiness && !booleanVariable('SLIPWAY_NO_STRICT_READINESS'),
    warmUp: values.warmUp && !booleanVariable('SLIPWAY_NO_WARM_UP'),
    drainDelaySeconds: drainDelay,
    shutdownTimeoutSeconds: shutdownTimeout,
  };
}
