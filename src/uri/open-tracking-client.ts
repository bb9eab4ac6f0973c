/** The client that asks tracking servers: who we are to them, and which hosts may hear it. */
import type { OnProgress } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { isProxyUrl } from './artifacts/proxy-store.ts';
import { createHttpClient, type HttpClient, type Identity } from './http/http-client.ts';
import { readFlag, readHttpSettings, readText } from './http/http-settings.ts';
import { createIdentity, readCredentials } from './http/read-credentials.ts';
import type { UriSession } from './uri-session.ts';

/**
 * Opens the client for one resolution of `uri`, whose own host may hear our credentials if it is an artifact proxy.
 * @throws INVALID_ENVIRONMENT_VARIABLE
 */
export async function openTrackingClient(
  session: UriSession,
  uri: string,
  onProgress: OnProgress | undefined,
): Promise<HttpClient> {
  const { environment } = session;
  refusePlugin(environment);
  const settings = readHttpSettings(environment);
  const trusted = trustedOrigins(session, uri);
  const credentials = await readCredentials(environment);
  const known = createIdentity(credentials, trusted, headersOf(environment));
  const isSigned = readFlag(environment, 'MLFLOW_TRACKING_AWS_SIGV4', false);
  const identity = isSigned ? await signedIdentity(session, trusted, known) : known;
  const client = createHttpClient(settings, identity, (reason, seconds) =>
    onProgress?.({ step: `${reason}; asking again in ${seconds.toFixed(1)} s` }),
  );
  session.onClose(() => client.close());
  return client;
}

function trustedOrigins(
  { environment, trackingUri, registryUri }: UriSession,
  uri: string,
): ReadonlySet<string> {
  return new Set(
    [
      trackingUri,
      registryUri,
      ...(URL.canParse(uri) && isProxyUrl(new URL(uri)) ? [uri] : []),
      ...(readText(environment, 'SLIPWAY_TRUSTED_HOSTS') ?? '').split(/[\s,]+/),
    ].flatMap(originsOf),
  );
}

/** `https://host:port`, or the https one of a bare `host:port`. */
function originsOf(text: string): readonly string[] {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return [new URL(text).origin];
  const bare = `https://${text}`;
  return /^[\w.[\]:-]+$/.test(text) && URL.canParse(bare) ? [new URL(bare).origin] : [];
}

/** What trusted hosts hear besides credentials. */
function headersOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const workspace = readText(environment, 'MLFLOW_WORKSPACE');
  return workspace === null ? {} : { 'x-mlflow-workspace': workspace };
}

/** For servers behind Amazon's API Gateway. Source: MLflow 3.17.2 utils/rest_utils.py: it takes the place of other credentials. */
async function signedIdentity(
  session: UriSession,
  trusted: ReadonlySet<string>,
  known: Identity,
): Promise<Identity> {
  const { openAwsAccount } = await import('./aws/open-aws-account.ts');
  const { signRequest } = await import('./aws/sign-request.ts');
  const account = await openAwsAccount(session.environment);
  const { region } = account;
  session.onClose(() => account.close());
  return {
    ...known,
    headersFor: async (asked) => {
      const headers = await known.headersFor(asked);
      const credentials = trusted.has(asked.url.origin) ? await account.credentials() : null;
      if (credentials === null) return headers;
      const { authorization: _, ...others } = headers;
      const type = asked.headers['content-type'];
      const signed = type === undefined ? {} : { 'content-type': type };
      const request = { ...asked, headers: signed, service: 'execute-api', region, credentials };
      return { ...others, ...signRequest(request) };
    },
  };
}

function refusePlugin(environment: NodeJS.ProcessEnv): void {
  const plugin = readText(environment, 'MLFLOW_TRACKING_AUTH');
  if (plugin === null) return;
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `MLFLOW_TRACKING_AUTH names ${plugin}, a plug-in for Python, which cannot be used here; unset it and set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.`,
  );
}
