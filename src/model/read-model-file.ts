/** The file of a model: where it is, and its bytes, or why nobody can have them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cutFile } from '../errors/cut-file.ts';
import { slipwayError, type SlipwayErrorOptions } from '../errors/slipway-error.ts';
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
  return readModelBytes(modelFilePath(model, flavor, data));
}

/** The bytes of the model file at `file`. @throws MODEL_FILE_INVALID */
export async function readModelBytes(file: string): Promise<Buffer<ArrayBuffer>> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw unreadableModelFile(file, cause);
  });
  if (bytes.length === 0) throw unreadable(file, 'is empty.', cut);
  if (!bytes.subarray(0, pointerStart.length).equals(pointerStart)) return bytes;
  throw unreadable(file, 'is a pointer of Git LFS: run "git lfs pull" where it comes from.', cut);
}

/** The error for a model file that cannot be opened. */
export function unreadableModelFile(file: string, cause: unknown): Error {
  const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isAbsent
    ? unreadable(file, 'is not there, though the MLmodel file names it.', { cause, ...cut })
    : unreadable(file, "can't be read.", { cause });
}

/** First line of a pointer. Source: git-lfs docs/spec.md. */
const pointerStart = Buffer.from('version https://git-lfs.github.com/spec/');
const cut = { details: cutFile };

function unreadable(file: string, what: string, { details, cause }: SlipwayErrorOptions): Error {
  return slipwayError('MODEL_FILE_INVALID', `The model file ${path.basename(file)} ${what}`, {
    details: { path: file, ...details },
    ...(cause === undefined ? {} : { cause }),
  });
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
