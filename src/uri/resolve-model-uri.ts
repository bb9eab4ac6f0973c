/** From a model URI to the folder that holds the model. Source: MLflow 3.17.2 utils/file_utils.py `local_file_uri_to_path`. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { mlmodelFileName } from '../model/read-saved-model.ts';
import { fetchCommand } from './fetch-command.ts';

/** One letter before the colon is a Windows drive, not a scheme. */
const schemePattern = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Gives the absolute path of the model folder that `uri` names: a local path, or a `file:` URI
 * (`file:///a%20b`, `file:relative`, `file://localhost/a`). The folder holds an MLmodel file.
 * @throws MODEL_URI_UNSUPPORTED with the command that fetches the model, MODEL_NOT_FOUND
 */
export async function resolveModelUri(uri: string): Promise<string> {
  if (uri === '') throw notFound(uri, 'the model URI is empty');
  const folder = await findFolder(uri);
  if (await exists(path.join(folder, mlmodelFileName))) return folder;
  throw notFound(uri, `${folder} holds no ${mlmodelFileName} file${await hintBelow(folder)}`);
}

async function findFolder(uri: string): Promise<string> {
  const candidates = localCandidates(uri);
  for (const candidate of candidates) {
    if (await exists(candidate)) return checkFolder(candidate, uri);
  }
  const scheme = schemePattern.exec(uri)?.[1];
  if (scheme !== undefined && scheme.toLowerCase() !== 'file') throw unsupported(uri, scheme);
  throw notFound(uri, `${candidates[0] ?? uri} does not exist${hintOnModelId(uri)}`);
}

/** MLflow decodes `%20` in plain paths too; a path that exists as it is written comes first. */
function localCandidates(uri: string): readonly string[] {
  if (/^file:/i.test(uri)) return [path.resolve(fileUriToPath(uri))];
  const plain = path.resolve(uri);
  const decoded = path.resolve(decode(uri));
  return decoded === plain ? [plain] : [plain, decoded];
}

function fileUriToPath(uri: string): string {
  const rest = uri.slice('file:'.length).replace(/[?#].*$/s, '');
  const authority = /^\/\/([^/]*)/.exec(rest)?.[1];
  if (authority === undefined) return stripDrive(decode(rest));
  if (authority === '' || authority === 'localhost') {
    return stripDrive(decode(rest.slice(2 + authority.length)));
  }
  throw slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${uri} names the host ${authority}: a file: URI of this machine is file:///path or file:path`,
    { details: { uri } },
  );
}

/** `file:///C:/x` on Windows. */
function stripDrive(text: string): string {
  return path.sep === '\\' ? text.replace(/^\/(?=[a-z]:)/i, '') : text;
}

/** Percent-decoding that leaves what is not UTF-8 alone. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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

function unsupported(uri: string, scheme: string): SlipwayError {
  return slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${scheme}: URIs are not fetched; run ${fetchCommand(uri)} and give DIR instead`,
    { details: { uri, scheme } },
  );
}
