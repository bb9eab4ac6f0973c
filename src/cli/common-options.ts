/** Options that several commands share, and what they mean to the backend. */
import { type Command, Option } from 'commander';
import type { BackendOptions } from '../backend/backend-options.ts';
import { booleanVariable } from './boolean-variable.ts';
import { takesChoice } from './parse-value.ts';

/** Values of {@link addModelOptions} and {@link addScoringOptions}, as commander holds them. */
export interface CommonValues {
  readonly modelUri: string;
  readonly runtime: NonNullable<BackendOptions['runtime']>;
  readonly compat: NonNullable<BackendOptions['compat']>;
  readonly nonFinite: NonNullable<BackendOptions['nonFinite']>;
  readonly lenientTypes?: true;
  /** False after `--no-cache`. */
  readonly cache: boolean;
  readonly verbose?: true;
}

/** Values of {@link addEnvironmentOptions}. */
export interface EnvironmentValues {
  readonly envManager?: string;
  /** False after `--no-conda`. */
  readonly conda: boolean;
  readonly installMlflow?: true;
  readonly verbose?: true;
}

/** `-m`, `--runtime`, `--verbose`: every command has them. */
export function addModelOptions(command: Command, need: 'required' | 'optional'): Command {
  const model = new Option('-m, --model-uri <URI>', 'Folder or URI of the saved model.');
  if (need === 'required') model.makeOptionMandatory();
  const runtime = new Option(
    '--runtime <NAME>',
    'What scores the model: auto, native, python or r.',
  );
  return command
    .addOption(model)
    .addOption(takesChoice(runtime, ['auto', 'native', 'python', 'r']).default('auto'))
    .option('--no-cache', 'Fetch the model anew and keep no copy of it.')
    .option('--verbose', 'Say more: notes and what caused an error.');
}

/** How values are read and written; `serve` and `predict` have them. */
export function addScoringOptions(command: Command): Command {
  const compat = new Option(
    '--compat <NAME>',
    'slipway, or mlflow for its behaviour in every case.',
  );
  const nonFinite = new Option(
    '--non-finite <HOW>',
    'NaN and infinities: tokens (MLflow) or null.',
  );
  return command
    .addOption(takesChoice(compat, ['slipway', 'mlflow']).default('slipway'))
    .addOption(takesChoice(nonFinite, ['tokens', 'null']).default('tokens'))
    .option('--lenient-types', 'Accept values that lose nothing, refuse those that would.');
}

/** `--env-manager`, `--no-conda`, `--install-mlflow`, as MLflow has them. */
export function addEnvironmentOptions(command: Command): Command {
  return command
    .option('--env-manager <NAME>', 'local, conda, virtualenv or uv; native models need none.')
    .option('--no-conda', 'The same as --env-manager local.')
    .option('--install-mlflow', 'Install MLflow into the environment; native models need none.');
}

/** One line on stderr. */
export function note(text: string): void {
  process.stderr.write(`slipway: note: ${text}\n`);
}

/** What the backend is asked for, but for the environment of a Python model. */
export function backendOptionsOf(values: Omit<CommonValues, 'modelUri'>): BackendOptions {
  const { runtime, compat, nonFinite, lenientTypes = false, cache } = values;
  const hideDetails = booleanVariable('MLFLOW_DISABLE_SCHEMA_DETAILS');
  return {
    runtime,
    compat,
    nonFinite,
    lenientTypes,
    hideDetails,
    ...(cache ? {} : { noCache: true }),
  };
}
