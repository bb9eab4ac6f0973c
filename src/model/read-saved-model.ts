/** The model folder: its MLmodel file and what stands beside it. Nothing in it is executed. */
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { parseMlmodel } from './parse-mlmodel.ts';
import { readTextFile } from './read-text-file.ts';
import { parseYaml } from './parse-yaml.ts';
import type { RegisteredModel, SavedModel } from './saved-model.ts';

/** Name of the file that makes a folder a model. */
export const mlmodelFileName = 'MLmodel';

/** A signature of 50,000 columns fits. */
const mlmodelLimitBytes = 8 * 2 ** 20;
const registeredLimitBytes = 64 * 2 ** 10;

/**
 * Reads a model saved by MLflow 1.x, 2.x or 3.x. `uri`, as the user gave it, is kept for messages.
 * Default: the folder.
 * @throws MODEL_NOT_FOUND, MLMODEL_INVALID, SIGNATURE_INVALID, MODEL_EXTERNAL
 */
export async function readSavedModel(
  directory: string,
  uri: string = directory,
): Promise<SavedModel> {
  const folder = path.resolve(directory);
  const file = path.join(folder, mlmodelFileName);
  const text = await readTextFile(file, mlmodelLimitBytes);
  if (text === null) {
    throw slipwayError('MODEL_NOT_FOUND', `${folder} holds no ${mlmodelFileName} file`, {
      details: { uri, directory: folder },
    });
  }
  const content = parseMlmodel(text, file);
  refuseExternal(content.metadata, file);
  return { directory: folder, uri, ...content, registered: await readRegistered(folder) };
}

/** Source: MLflow 3.17.2 models/model.py `_IS_EXTERNAL...`: the weights of such a model stand elsewhere. */
function refuseExternal(metadata: SavedModel['metadata'], file: string): void {
  if (metadata?.['mlflow.model.isExternal'] !== true) return;
  throw slipwayError(
    'MODEL_EXTERNAL',
    `${file} marks the model as external (metadata mlflow.model.isExternal): there is nothing to load`,
    { details: { file } },
  );
}

/** Only informs, so a file that cannot be understood counts as absent. */
async function readRegistered(folder: string): Promise<RegisteredModel | null> {
  const file = path.join(folder, 'registered_model_meta');
  try {
    const text = await readTextFile(file, registeredLimitBytes);
    if (text === null) return null;
    const meta = parseYaml(text, file, { schema: 'failsafe' });
    if (typeof meta !== 'object' || meta === null) return null;
    const entries = meta as Readonly<Record<string, unknown>>;
    return { name: textOf(entries['model_name']), version: textOf(entries['model_version']) };
  } catch {
    return null;
  }
}

/** YAML writes None as `null`, which the failsafe schema leaves a text. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== 'null' && value !== '' ? value : null;
}
