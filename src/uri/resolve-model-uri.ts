/** From a model URI to the folder that holds the model. What is not on this machine is fetched by code that only then is loaded. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import { decodePath, localPathOf } from './local-path.ts';
import type { ResolveOptions } from './resolve-options.ts';

/** One letter before the colon is a Windows drive, not a scheme. */
const schemePattern = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Gives the absolute path of the model folder that `uri` names, which holds an MLmodel file: a local path, a `file:`
 * URI, or anything that can be fetched to this machine (docs/reference/model-uris.md).
 * @throws MODEL_NOT_FOUND, MODEL_URI_UNSUPPORTED with the command that fetches the model, MODEL_URI_INVALID,
 *   MODEL_ACCESS_DENIED, MODEL_FETCH_FAILED, MODEL_LISTING_INVALID, MODEL_NOT_CACHED
 */
export async function resolveModelUri(uri: string, options: ResolveOptions = {}): Promise<string> {
  if (uri === '') throw notFound(uri, 'the model URI is empty');
  const folder = await findFolder(uri);
  if (folder === null) {
    const { fetchModel } = await import('./fetch-model.ts');
    return fetchModel(uri, options);
  }
  if (await exists(path.join(folder, mlmodelFileName))) return folder;
  throw notFound(uri, `${folder} holds no ${mlmodelFileName} file${await hintBelow(folder)}`);
}

/** null for what is not on this machine. */
async function findFolder(uri: string): Promise<string | null> {
  const candidates = localCandidates(uri);
  for (const candidate of candidates) {
    if (await exists(candidate)) return checkFolder(candidate, uri);
  }
  const scheme = schemePattern.exec(uri)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== 'file') return null;
  throw notFound(uri, `${candidates[0] ?? uri} does not exist${hintOnModelId(uri)}`);
}

/** MLflow decodes `%20` in plain paths too; a path that exists as it is written comes first. */
function localCandidates(uri: string): readonly string[] {
  if (/^file:/i.test(uri)) return [path.resolve(localPathOf(uri))];
  const plain = path.resolve(uri);
  const decoded = path.resolve(decodePath(uri));
  return decoded === plain ? [plain] : [plain, decoded];
}

async function checkFolder(found: string, uri: string): Promise<string> {
  const stats = await stat(found);
  if (stats.isDirectory()) return found;
  const hint =
    path.basename(found) === mlmodelFileName ? `; its folder is ${path.dirname(found)}` : '';
  throw notFound(uri, `${found} is not a folder${hint}`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

/** A folder of a run often holds the model one level down. */
async function hintBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.slice(0, 100)) {
    const below = path.join(folder, entry.name);
    if (entry.isDirectory() && (await exists(path.join(below, mlmodelFileName)))) {
      return `; there is one in ${below}`;
    }
  }
  return '';
}

function hintOnModelId(uri: string): string {
  return /^m-[0-9a-f]{8,}$/i.test(uri) ? `; for a logged model write models:/${uri}` : '';
}

function notFound(uri: string, message: string): SlipwayError {
  return slipwayError('MODEL_NOT_FOUND', message, { details: { uri } });
}
