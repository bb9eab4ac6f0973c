import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from './saved-model.ts';

/**
 * The bytes of the model file that a flavor names with `data`, which must lie inside of the model folder.
 *
 * @throws MODEL_FILE_INVALID
 */
export async function readModelFile(
  model: SavedModel,
  flavor: string,
  data: unknown,
): Promise<Buffer<ArrayBuffer>> {
  const file = modelFilePath(model, flavor, data);
  try {
    return await readFile(file);
  } catch (cause) {
    throw slipwayError('MODEL_FILE_INVALID', `The model file ${String(data)} can't be read.`, {
      details: { path: file },
      cause,
    });
  }
}

/** Where that file is. @throws MODEL_FILE_INVALID */
export function modelFilePath({ directory }: SavedModel, flavor: string, data: unknown): string {
  if (typeof data !== 'string' || data === '') {
    throw slipwayError(
      'MODEL_FILE_INVALID',
      `The ${flavor} flavor of the MLmodel file names no model file ("data").`,
    );
  }
  const root = path.resolve(directory);
  const file = path.resolve(root, data);
  if (file.startsWith(root + path.sep)) return file;
  throw slipwayError(
    'MODEL_FILE_INVALID',
    `The model file ${data} lies outside the model folder.`,
    { details: { path: data } },
  );
}
