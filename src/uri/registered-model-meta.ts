/** The file `registered_model_meta`, as MLflow writes it beside MLmodel. Source: MLflow 3.17.2 models_artifact_repo.py `_add_registered_model_meta_file`. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { RegisteredModel } from '../model/saved-model.ts';

/** Name of the file. */
export const registeredModelMetaName = 'registered_model_meta';

/** Text of the file. */
export function registeredModelMeta({ name, version }: RegisteredModel): string {
  const meta = { model_name: name, model_version: version };
  return stringify(meta, { version: '1.1', singleQuote: true, lineWidth: 80 });
}

/** MLflow writes it into a store's own folder, too, where it is used in place; a folder that is not ours stays as it is. */
export async function putRegisteredModelMeta(folder: string, text: string): Promise<void> {
  const file = path.join(folder, registeredModelMetaName);
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return;
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}
