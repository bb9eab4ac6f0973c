/** Local paths and `file:` URIs. Source: MLflow 3.17.2 utils/file_utils.py `local_file_uri_to_path`. */
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';

/**
 * Path that `uri` names: a path as it is, or a `file:` URI (`file:///a%20b`, `file:relative`, `file://localhost/a`).
 * @throws MODEL_URI_UNSUPPORTED for another host
 */
export function localPathOf(uri: string): string {
  if (!/^file:/i.test(uri)) return uri;
  const rest = uri.slice('file:'.length).replace(/[?#].*$/s, '');
  const authority = /^\/\/([^/]*)/.exec(rest)?.[1];
  if (authority === undefined) return stripDrive(decodePath(rest));
  if (authority === '' || authority === 'localhost') {
    return stripDrive(decodePath(rest.slice(2 + authority.length)));
  }
  throw slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${uri} names the host ${authority}: a file: URI of this machine is file:///path or file:path`,
    { details: { uri } },
  );
}

/** True of a URI that no path of this machine is, whatever may stand there; a single letter is a drive of Windows. */
export function isRemoteUri(uri: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(uri) && !/^file:/i.test(uri);
}

/** `file:///C:/x` on Windows. */
function stripDrive(text: string): string {
  return path.sep === '\\' ? text.replace(/^\/(?=[a-z]:)/i, '') : text;
}

/** Percent-decoding that leaves what is not UTF-8 alone. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
