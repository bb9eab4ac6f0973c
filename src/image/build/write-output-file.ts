import { writeFile } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';

/** Writes a file that the user named. @throws OUTPUT_FILE_UNWRITABLE */
export async function writeOutputFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw slipwayError('OUTPUT_FILE_UNWRITABLE', `${file} cannot be written: ${reason}`, { cause });
  });
}
