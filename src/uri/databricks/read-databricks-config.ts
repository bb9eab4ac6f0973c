/** Host and credentials of a Databricks workspace, from variables or `~/.databrickscfg`, as Databricks' own tools read them. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readText } from '../http/http-settings.ts';
import { parseIniSection } from '../http/read-credentials.ts';

/** How a workspace is asked. */
export interface DatabricksConfig {
  readonly host: URL;
  /** A personal access token, or a service principal whose token has to be asked for. */
  readonly credentials:
    | { readonly kind: 'token'; readonly token: string }
    | { readonly kind: 'principal'; readonly id: string; readonly secret: string };
}

const names = ['host', 'token', 'client_id', 'client_secret', 'username', 'password'] as const;

/**
 * Profile named by `databricks://profile` or `databricks-uc://profile`; null for the variables, else DEFAULT.
 * @throws MODEL_URI_INVALID for a secret scope, which only notebooks can read
 */
export function databricksProfileOf(uri: string): string | null {
  const [, profile, keyPrefix] = /^[a-z-]+:\/\/([^/:]+)(?::([^/]+))?/i.exec(uri) ?? [];
  if (keyPrefix !== undefined) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${uri} names a secret scope, which can be read in Databricks only; name a profile of ~/.databrickscfg: databricks://profile`,
      { details: { uri } },
    );
  }
  return profile ?? null;
}

/** @throws MODEL_ACCESS_DENIED without host or credentials */
export async function readDatabricksConfig(
  profile: string | null,
  environment: NodeJS.ProcessEnv,
): Promise<DatabricksConfig> {
  const read = (name: string): string | null => readText(environment, name);
  const named = profile ?? read('DATABRICKS_CONFIG_PROFILE');
  const file =
    read('DATABRICKS_CONFIG_FILE') ?? path.join(read('HOME') ?? homedir(), '.databrickscfg');
  const text = await readFile(file, 'utf8').catch(() => '');
  const section = parseIniSection(text, named ?? 'DEFAULT');
  // A profile that is asked for comes before the variables, and they before the default one.
  const value = (name: (typeof names)[number]): string | null => {
    const variable = read(`DATABRICKS_${name.toUpperCase()}`);
    const written = section.get(name) ?? null;
    return named === null ? (variable ?? written) : (written ?? variable);
  };
  const host = value('host');
  if (host === null) throw missing(named, 'host', file);
  const [token, id, secret] = [value('token'), value('client_id'), value('client_secret')];
  if (token !== null) return { host: hostUrl(host), credentials: { kind: 'token', token } };
  if (id === null || secret === null) throw missing(named, 'token', file);
  return { host: hostUrl(host), credentials: { kind: 'principal', id, secret } };
}

function hostUrl(text: string): URL {
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (URL.canParse(full)) return new URL(new URL(full).origin);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `the host of Databricks must be an http(s) address, not '${text}'.`,
  );
}

function missing(profile: string | null, what: 'host' | 'token', file: string): Error {
  const variables =
    what === 'host'
      ? 'DATABRICKS_HOST'
      : 'DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET';
  const place = `profile ${profile ?? 'DEFAULT'} of ${file}`;
  return slipwayError(
    'MODEL_ACCESS_DENIED',
    `Databricks needs a ${what}: set ${variables}, or "${what} = …" in ${place}`,
    { details: { profile, file } },
  );
}
