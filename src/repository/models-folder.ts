/** A folder of models: each sub-folder one, or the versions of one. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import type { ModelUnit } from './model-change.ts';

/**
 * The models in `folder`: `NAME/MLmodel` is a model, `NAME/3/MLmodel` version 3 of one. Whatever else is there is no
 * model, and neither is what begins with a dot.
 *
 * @throws MODEL_NOT_FOUND when the folder is not there, or is a model itself
 */
export async function scanModels(folder: string): Promise<readonly ModelUnit[]> {
  const root = path.resolve(folder);
  if (await isModel(root)) {
    throw slipwayError('MODEL_NOT_FOUND', `${root} is a model itself; serve it with -m`, {
      details: { folder: root },
    });
  }
  const units: ModelUnit[] = [];
  for (const name of await subfolders(root)) {
    const below = path.join(root, name);
    if (await isModel(below)) units.push({ id: name, uri: below, name, version: null });
    else units.push(...(await scanVersions(below, name)));
  }
  return units;
}

async function scanVersions(folder: string, name: string): Promise<readonly ModelUnit[]> {
  const units: ModelUnit[] = [];
  const versions = (await readdir(folder).catch(() => [])).filter((one) => /^\d+$/.test(one));
  for (const version of versions) {
    const uri = path.join(folder, version);
    if (await isModel(uri)) units.push({ id: `${name}/${version}`, uri, name, version });
  }
  return units;
}

async function subfolders(root: string): Promise<readonly string[]> {
  try {
    const names = (await readdir(root)).filter((name) => !name.startsWith('.'));
    return names.toSorted();
  } catch (cause) {
    throw slipwayError('MODEL_NOT_FOUND', `${root} is not a folder that can be read`, {
      details: { folder: root },
      cause,
    });
  }
}

async function isModel(folder: string): Promise<boolean> {
  const stats = await stat(path.join(folder, mlmodelFileName)).catch(() => null);
  return stats?.isFile() ?? false;
}
