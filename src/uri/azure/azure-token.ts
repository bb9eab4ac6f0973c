/** Tokens of Azure Active Directory for storage, asked for where and in the order in which DefaultAzureCredential asks. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { slipwayError } from '../../errors/slipway-error.ts';
import { askForToken, postForToken } from '../http/ask-token.ts';
import { anonymous, createHttpClient, type HttpClient } from '../http/http-client.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import type { AccessToken } from '../http/token-source.ts';
import { textField } from '../tracking/read-answer.ts';

/** What asking for a token needs. */
export interface AzureTokenSearch {
  readonly environment: NodeJS.ProcessEnv;
  readonly client: HttpClient;
  readonly signal: AbortSignal | undefined;
}

const resource = 'https://storage.azure.com/';
const scope = `${resource}.default`;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const machinePatienceMs = 1000;
const programPatienceMs = 30_000;

/**
 * A service principal of variables, the identity of a pod, of a machine, whoever signed on with `az login`.
 * @throws MODEL_ACCESS_DENIED without any of them
 */
export async function askAzureToken(search: AzureTokenSearch): Promise<AccessToken> {
  const token =
    (await askDirectory(search)) ?? (await askMachine(search)) ?? (await askProgram(search));
  if (token !== null) return token;
  throw slipwayError(
    'MODEL_ACCESS_DENIED',
    'Azure storage needs credentials, and none were found: set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCESS_KEY or AZURE_STORAGE_SAS_TOKEN, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run "az login"',
  );
}

async function askDirectory({
  environment,
  client,
  signal,
}: AzureTokenSearch): Promise<AccessToken | null> {
  const read = (name: string): string | null => readText(environment, name);
  const [tenant, id] = [read('AZURE_TENANT_ID'), read('AZURE_CLIENT_ID')];
  const [secret, tokenFile] = [read('AZURE_CLIENT_SECRET'), read('AZURE_FEDERATED_TOKEN_FILE')];
  if (tenant === null || id === null || (secret === null && tokenFile === null)) return null;
  const authority = (read('AZURE_AUTHORITY_HOST') ?? 'https://login.microsoftonline.com').replace(
    /\/+$/,
    '',
  );
  const url = new URL(`${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`);
  const proof =
    secret === null
      ? {
          client_assertion_type: assertionType,
          client_assertion: (await readFile(tokenFile ?? '', 'utf8')).trim(),
        }
      : { client_secret: secret };
  const form = { grant_type: 'client_credentials', client_id: id, scope, ...proof };
  return postForToken(client, url, form, signal);
}

/** Managed identity: of an app (IDENTITY_ENDPOINT), else of the machine; null where this is none of Azure's. */
async function askMachine({ environment, signal }: AzureTokenSearch): Promise<AccessToken | null> {
  const read = (name: string): string | null => readText(environment, name);
  const endpoint = read('IDENTITY_ENDPOINT');
  const base =
    endpoint ??
    `${read('AZURE_POD_IDENTITY_AUTHORITY_HOST') ?? 'http://169.254.169.254'}/metadata/identity/oauth2/token`;
  const url = new URL(base);
  const id = read('AZURE_CLIENT_ID');
  url.search = new URLSearchParams({
    'api-version': endpoint === null ? '2018-02-01' : '2019-08-01',
    resource,
    ...(id === null ? {} : { client_id: id }),
  }).toString();
  const headers = { metadata: 'true', 'x-identity-header': read('IDENTITY_HEADER') ?? '' };
  const settings = readHttpSettings(environment);
  const client = createHttpClient(
    { ...settings, maxRetries: 0, timeoutMs: machinePatienceMs, environment: {} },
    anonymous,
  );
  try {
    return await askForToken(client, url, { headers }, signal);
  } catch {
    signal?.throwIfAborted();
    return null;
  } finally {
    client.close();
  }
}

/** Azure's command line, where it is there and somebody signed on. */
async function askProgram({ environment, signal }: AzureTokenSearch): Promise<AccessToken | null> {
  const args = ['account', 'get-access-token', '--output', 'json', '--resource', resource];
  const options = { env: environment, timeout: programPatienceMs, ...(signal && { signal }) };
  try {
    const { stdout } = await promisify(execFile)('az', args, options);
    const answer: unknown = JSON.parse(stdout);
    const token = textField(answer, 'accessToken');
    const endsAt = 1000 * Number(textField(answer, 'expires_on') ?? Number.NaN);
    return token === null
      ? null
      : { token, expiresAt: Number.isNaN(endsAt) ? Date.now() + 1_800_000 : endsAt };
  } catch {
    signal?.throwIfAborted();
    return null;
  }
}
