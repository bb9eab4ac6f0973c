import { type Command, Option } from 'commander';

/** Values of {@link addServedNameOptions}. */
export interface ServedNameValues {
  readonly modelName?: string;
  readonly modelVersion?: string;
}

/** `--model-name`, `--model-version`: where the model stands under `/v2/models`. */
export function addServedNameOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--model-name <TEXT>',
        'Name under /v2/models (default: the registered name, else mlflow-model).',
      ).env('MLSERVER_MODEL_NAME'),
    )
    .addOption(
      new Option(
        '--model-version <TEXT>',
        'Version there (default: the registered version, else the run, else the model UUID).',
      ).env('MLSERVER_MODEL_VERSION'),
    );
}

/** The part of the server's options that they make up. */
export function servedNameOf({ modelName, modelVersion }: ServedNameValues): ServedNameValues {
  return {
    ...(modelName === undefined ? {} : { modelName }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
  };
}
