import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Name of the record of an entry of the cache, and of the folder with its model beside it. */
export const entryNames = { record: 'entry.json', model: 'model' } as const;

/** Is the folder of a model one of the cache for which not every file was fetched? */
export async function isPartialModel(directory: string): Promise<boolean> {
  if (path.basename(directory) !== entryNames.model) return false;
  try {
    const file = path.join(directory, '..', entryNames.record);
    const record: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof record === 'object' && record !== null && 'isPartial' in record;
  } catch {
    return false;
  }
}
