/**
 * `model-settings.json`, by which MLServer is told of a model: its name, its version, and where it is. Source: MLServer 1.7.1
 * settings.py, repository/load.py, utils.py.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { slipwayError } from '../errors/slipway-error.ts';
import { isRemoteUri, localPathOf } from '../uri/local-path.ts';
import { readSettingsFile } from './read-settings-file.ts';

/** What a file says. */
export interface ModelSettings {
  /** Where the model is: a folder, or a URI. */
  readonly uri: string;
  /** Null: nothing is said. */
  readonly name: string | null;
  readonly version: string | null;
}

const fileName = 'model-settings.json';

/** Runtimes of MLServer for models of MLflow; nothing said is one, too. */
const mlflowRuntimes = ['mlserver_mlflow.MLflowRuntime', 'mlserver_mlflow.runtime.MLflowRuntime'];

const schema = z.looseObject({
  name: z.nullish(z.string()),
  implementation: z.nullish(z.string()),
  parameters: z.nullish(
    z.looseObject({ uri: z.nullish(z.string()), version: z.nullish(z.string()) }),
  ),
});

/** True where the folder has such a file. */
export function hasModelSettings(folder: string): boolean {
  try {
    return statSync(path.join(folder, fileName)).isFile();
  } catch {
    return false;
  }
}

/**
 * Reads the file of a folder; the model is there, unless the file says another place.
 *
 * @throws MLMODEL_INVALID where it cannot be read, NO_FLAVOR_BACKEND where it means another runtime than that of MLflow
 */
export function readModelSettings(folder: string): ModelSettings {
  const file = path.join(folder, fileName);
  const { name, implementation, parameters } = readSettingsFile(file, schema, 'MLMODEL_INVALID');
  if (implementation && !mlflowRuntimes.includes(implementation)) {
    throw slipwayError(
      'NO_FLAVOR_BACKEND',
      `${file} wants MLServer's ${implementation}; only models of MLflow are served (${mlflowRuntimes[0]}).`,
      { details: { file, implementation } },
    );
  }
  const uri = parameters?.uri;
  return {
    uri: uri ? placeOf(folder, uri) : folder,
    name: name || null,
    version: parameters?.version || null,
  };
}

/** A path is one from the folder of the file; other URIs stand for themselves. */
function placeOf(folder: string, uri: string): string {
  return isRemoteUri(uri) ? uri : path.resolve(folder, localPathOf(uri));
}
