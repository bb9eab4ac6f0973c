/** Text files of a model folder, read with a limit. */
import { open, type FileHandle } from 'node:fs/promises';
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Reads a UTF-8 file of at most `limitBytes`; null when there is no such file.
 * @throws MODEL_NOT_FOUND when it cannot be read, MLMODEL_INVALID when it is too big or not UTF-8
 */
export async function readTextFile(file: string, limitBytes: number): Promise<string | null> {
  const bytes = await readBytes(file, limitBytes);
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw slipwayError('MLMODEL_INVALID', `${file} is not UTF-8 text`, {
      details: { file },
      cause,
    });
  }
}

async function readBytes(file: string, limitBytes: number): Promise<Buffer | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error('it is not a file');
    if (stats.size > limitBytes) {
      throw slipwayError(
        'MLMODEL_INVALID',
        `${file} has ${stats.size} bytes; such a file has at most ${limitBytes}`,
        { details: { file, sizeBytes: stats.size, limitBytes } },
      );
    }
    return await handle.readFile();
  } catch (cause) {
    return refuse(file, cause);
  } finally {
    await handle?.close();
  }
}

function refuse(file: string, cause: unknown): null {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  if (cause instanceof Error && cause.name === 'SlipwayError') throw cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw slipwayError('MODEL_NOT_FOUND', `${file} cannot be read: ${reason}`, {
    details: { file },
    cause,
  });
}
