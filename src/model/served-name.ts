import type { SavedModel } from './saved-model.ts';

/** Name and version under which a model is served. */
export interface ServedName {
  readonly name: string;
  /** Null where nothing says one. */
  readonly version: string | null;
}

/** What the user says, empty where nothing: `MLSERVER_MODEL_NAME` and `MLSERVER_MODEL_VERSION`, or options. */
export interface ServedNameOverrides {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The name: as told, else that of the registered model, else `mlflow-model`. The version: as told, else the registered
 * one, else the run, else the model's UUID. Source: MLflow 2.x pyfunc/mlserver.py, models/container.
 */
export function servedName(
  { registered, runId, modelUuid }: Pick<SavedModel, 'registered' | 'runId' | 'modelUuid'>,
  told: ServedNameOverrides = {},
): ServedName {
  return {
    name: told.name || registered?.name || 'mlflow-model',
    version: told.version || registered?.version || runId || modelUuid,
  };
}
