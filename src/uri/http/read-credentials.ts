/** Who we are to a tracking server, and which hosts may hear it. Source: MLflow 3.17.2 utils/credentials.py. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Identity } from './http-client.ts';
import { readText } from './http-settings.ts';

/** Credentials of the tracking server. */
export interface TrackingCredentials {
  readonly username: string | null;
  readonly password: string | null;
  readonly token: string | null;
}

/** Variables come before `~/.mlflow/credentials`, each on its own. */
export async function readCredentials(
  environment: NodeJS.ProcessEnv,
): Promise<TrackingCredentials> {
  const home = readText(environment, 'HOME') ?? homedir();
  const file = path.join(home, '.mlflow', 'credentials');
  const text = await readFile(file, 'utf8').catch(() => '');
  const section = parseIniSection(text, 'mlflow');
  return {
    username:
      readText(environment, 'MLFLOW_TRACKING_USERNAME') ??
      section.get('mlflow_tracking_username') ??
      null,
    password:
      readText(environment, 'MLFLOW_TRACKING_PASSWORD') ??
      section.get('mlflow_tracking_password') ??
      null,
    token: readText(environment, 'MLFLOW_TRACKING_TOKEN'),
  };
}

/** Keys (in lower case) and values of one section, as Python's configparser has them. */
export function parseIniSection(text: string, name: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[(.*)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) isInside = header === name;
    const [, key, value = ''] = /^([^#;\s[=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (isInside && key !== undefined) values.set(key.toLowerCase(), value.trim());
  }
  return values;
}

/** Value of the Authorization header; null without credentials. A pair of name and password comes first. */
export function authorizationOf(credentials: TrackingCredentials): string | null {
  const { username, password, token } = credentials;
  if (username !== null && password !== null) {
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  return token === null ? null : `Bearer ${token}`;
}

/**
 * Sends the credentials and `headers` to the `trusted` origins (`https://host:port`) only: an artifact may stand on any host that
 * whoever registered it named. User info in an address is for the address itself.
 */
export function createIdentity(
  credentials: TrackingCredentials,
  trusted: ReadonlySet<string>,
  headers: Readonly<Record<string, string>> = {},
): Identity {
  const known = authorizationOf(credentials);
  const { password, token } = credentials;
  return {
    headersFor: ({ url }) => {
      const isTrusted = trusted.has(url.origin);
      const authorization = ownAuthorization(url) ?? (isTrusted ? known : null);
      return {
        'user-agent': 'slipway',
        ...(isTrusted ? headers : {}),
        ...(authorization === null ? {} : { authorization }),
      };
    },
    secrets: [password, token, known]
      .filter((secret) => secret !== null)
      .filter((secret) => secret !== ''),
  };
}

function ownAuthorization(url: URL): string | null {
  if (url.username === '') return null;
  return authorizationOf({
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    token: null,
  });
}
