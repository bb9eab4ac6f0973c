/** A folder of models: each sub-folder one, or the versions of one, or what MLServer's settings in it say. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import type { ModelUnit } from './model-change.ts';
import { hasModelSettings, readModelSettings } from './model-settings.ts';

/**
 * The models in `folder`: `NAME/MLmodel` is a model, `NAME/3/MLmodel` version 3 of one. A file `model-settings.json` in
 * place of MLmodel, or beside it, may say another name, version and place; of two that say the same, the first is taken.
 * Whatever else is there is no model, and neither is what begins with a dot.
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
  const units = hasModelSettings(root) ? [settledUnit(root, path.basename(root), null)] : [];
  for (const name of await subfolders(root)) {
    const below = path.join(root, name);
    if (hasModelSettings(below)) units.push(settledUnit(below, name, null));
    else if (await isModel(below)) units.push({ id: name, uri: below, name, version: null });
    else units.push(...(await scanVersions(below, name)));
  }
  const ids = units.map(({ id }) => id);
  return units.filter(({ id }, at) => ids.indexOf(id) === at);
}

/** The model of a folder with settings. Where they cannot be followed, opening the folder says why. */
function settledUnit(folder: string, folderName: string, folderVersion: string | null): ModelUnit {
  try {
    const settings = readModelSettings(folder);
    const name = settings.name ?? folderName;
    const version = settings.version ?? folderVersion;
    return { id: idOf(name, version), uri: settings.uri, name, version };
  } catch {
    const id = idOf(folderName, folderVersion);
    return { id, uri: folder, name: folderName, version: folderVersion };
  }
}

/** Versions of one model share what stands before the first slash. */
function idOf(name: string, version: string | null): string {
  const id = encodeURIComponent(name);
  return version === null ? id : `${id}/${version}`;
}

async function scanVersions(folder: string, name: string): Promise<readonly ModelUnit[]> {
  const units: ModelUnit[] = [];
  const versions = (await readdir(folder).catch(() => [])).filter((one) => /^\d+$/.test(one));
  for (const version of versions) {
    const uri = path.join(folder, version);
    if (hasModelSettings(uri)) units.push(settledUnit(uri, name, version));
    else if (await isModel(uri)) units.push({ id: `${name}/${version}`, uri, name, version });
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
