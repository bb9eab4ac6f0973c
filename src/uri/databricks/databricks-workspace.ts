/** A Databricks workspace and how it is asked. Source of routes: Databricks' REST reference; MLflow 3.17.2 protos. */
import {
  anonymous,
  createHttpClient,
  type HttpClient,
  type Identity,
} from '../http/http-client.ts';
import { readHttpSettings } from '../http/http-settings.ts';
import { postForToken } from '../http/ask-token.ts';
import { readJson } from '../http/read-json.ts';
import { createTokenSource } from '../http/token-source.ts';
import type { UriSession } from '../uri-session.ts';
import {
  type DatabricksConfig,
  databricksProfileOf,
  readDatabricksConfig,
} from './read-databricks-config.ts';

/** An open workspace. */
export interface DatabricksWorkspace {
  readonly host: URL;
  readonly client: HttpClient;
  /** Asks for JSON. @throws the codes of `HttpClient.bytes` */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

/** Opens the workspace of `databricks`, `databricks://profile` or the same with `databricks-uc`. */
export async function openDatabricksWorkspace(
  session: UriSession,
  uri: string,
): Promise<DatabricksWorkspace> {
  const { environment, signal } = session;
  const config = await readDatabricksConfig(databricksProfileOf(uri), environment);
  const settings = readHttpSettings(environment);
  const asking = createHttpClient(settings, anonymous);
  const client = createHttpClient(settings, createIdentity(config, asking, signal));
  session.onClose(() => {
    asking.close();
    client.close();
  });
  const at = (path: string, query: Readonly<Record<string, string>> = {}): URL => {
    const url = new URL(config.host);
    url.pathname = path;
    url.search = new URLSearchParams(query).toString();
    return url;
  };
  const given = signal === undefined ? {} : { signal };
  return {
    host: config.host,
    client,
    get: (path, query) => readJson(client, at(path, query), given),
    post: (path, body) => {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(body), ...given } as const;
      return readJson(client, at(path), request);
    },
  };
}

/** Only the workspace hears the token: signed addresses lead to other hosts. */
function createIdentity(
  { host, credentials }: DatabricksConfig,
  asking: HttpClient,
  signal: AbortSignal | undefined,
): Identity {
  const secrets = new Set<string>();
  const source = createTokenSource(() => {
    if (credentials.kind === 'token') {
      return Promise.resolve({ token: credentials.token, expiresAt: Infinity });
    }
    secrets.add(credentials.secret);
    const url = new URL('/oidc/v1/token', host);
    const form = {
      grant_type: 'client_credentials',
      scope: 'all-apis',
      client_id: credentials.id,
      client_secret: credentials.secret,
    };
    return postForToken(asking, url, form, signal);
  });
  return {
    headersFor: async ({ url }) => {
      if (url.origin !== host.origin) return {};
      const token = (await source()) ?? '';
      if (token !== '') secrets.add(token);
      return { 'user-agent': 'slipway', authorization: `Bearer ${token}` };
    },
    get secrets() {
      return [...secrets];
    },
  };
}
