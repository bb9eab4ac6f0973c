/** Tokens for Google's services, by Application Default Credentials: a file that a variable names, gcloud's, the machine. */
import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { askForToken, postForToken } from '../http/ask-token.ts';
import { anonymous, createHttpClient, type HttpClient } from '../http/http-client.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import type { AccessToken } from '../http/token-source.ts';
import { textField } from '../tracking/read-answer.ts';
import { exchangeExternalToken, impersonate } from './external-account.ts';

/** What asking for a token needs. */
export interface GoogleTokenSearch {
  readonly environment: NodeJS.ProcessEnv;
  readonly client: HttpClient;
  readonly signal: AbortSignal | undefined;
}

const scope = 'https://www.googleapis.com/auth/devstorage.read_only';
const tokenUrl = 'https://oauth2.googleapis.com/token';
const lifeSeconds = 3600;
const patienceMs = 3000;

/**
 * null where nobody is known: public buckets answer then, as with MLflow's anonymous client.
 * @throws MODEL_ACCESS_DENIED where a file is named that gives none
 */
export async function askGoogleToken(search: GoogleTokenSearch): Promise<AccessToken | null> {
  const named = readText(search.environment, 'GOOGLE_APPLICATION_CREDENTIALS');
  const file = named ?? gcloudFile(search.environment);
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text !== null) return tokenOf(search, parseJson(text, file), file);
  if (named === null) return askMetadataServer(search);
  throw invalidFile(file, 'cannot be read');
}

function gcloudFile(environment: NodeJS.ProcessEnv): string {
  const folder =
    readText(environment, 'CLOUDSDK_CONFIG') ??
    path.join(readText(environment, 'HOME') ?? homedir(), '.config', 'gcloud');
  return path.join(folder, 'application_default_credentials.json');
}

function tokenOf(search: GoogleTokenSearch, content: unknown, file: string): Promise<AccessToken> {
  switch (textField(content, 'type')) {
    case 'service_account':
      return tokenOfServiceAccount(search, content, file);
    case 'authorized_user':
      return tokenOfUser(search, content);
    case 'external_account':
      return exchangeExternalToken(search, content, file);
    case 'impersonated_service_account': {
      const source = (content as { source_credentials?: unknown }).source_credentials;
      const url = textField(content, 'service_account_impersonation_url') ?? '';
      return impersonate(search, url, () => tokenOf(search, source, file));
    }
    default:
      throw invalidFile(file, `has the unknown type ${textField(content, 'type') ?? ''}`);
  }
}

/** A claim, signed with the account's key. Source: RFC 7523; Google's "Using OAuth 2.0 for Server to Server Applications". */
function tokenOfServiceAccount(
  { client, signal }: GoogleTokenSearch,
  content: unknown,
  file: string,
): Promise<AccessToken> {
  const issuer = textField(content, 'client_email');
  const key = textField(content, 'private_key');
  if (issuer === null || key === null) throw invalidFile(file, 'names no account or no key');
  const url = new URL(textField(content, 'token_uri') ?? tokenUrl);
  const now = Math.floor(Date.now() / 1000);
  const keyId = textField(content, 'private_key_id');
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) };
  const claim = { iss: issuer, scope, aud: url.href, iat: now, exp: now + lifeSeconds };
  const unsigned = [header, claim].map((part) => encode(JSON.stringify(part))).join('.');
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: `${unsigned}.${sign(unsigned, key, file)}`,
  };
  return postForToken(client, url, form, signal);
}

function sign(text: string, key: string, file: string): string {
  try {
    return createSign('RSA-SHA256').update(text).sign(key, 'base64url');
  } catch (cause) {
    throw slipwayError('MODEL_ACCESS_DENIED', `the private key in ${file} cannot be used`, {
      details: { file },
      cause,
    });
  }
}

function tokenOfUser(
  { client, signal }: GoogleTokenSearch,
  content: unknown,
): Promise<AccessToken> {
  const form = {
    grant_type: 'refresh_token',
    client_id: textField(content, 'client_id') ?? '',
    client_secret: textField(content, 'client_secret') ?? '',
    refresh_token: textField(content, 'refresh_token') ?? '',
  };
  const url = new URL(textField(content, 'token_uri') ?? tokenUrl);
  return postForToken(client, url, form, signal);
}

/** Of a machine, a pod or a function; null where this is none. */
async function askMetadataServer({
  environment,
  signal,
}: GoogleTokenSearch): Promise<AccessToken | null> {
  if (readText(environment, 'NO_GCE_CHECK')?.toLowerCase() === 'true') return null;
  const host = readText(environment, 'GCE_METADATA_HOST') ?? 'metadata.google.internal';
  const url = new URL(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`);
  const settings = readHttpSettings(environment);
  const client = createHttpClient(
    { ...settings, maxRetries: 0, timeoutMs: patienceMs, environment: {} },
    anonymous,
  );
  try {
    return await askForToken(client, url, { headers: { 'metadata-flavor': 'Google' } }, signal);
  } catch {
    signal?.throwIfAborted();
    return null;
  } finally {
    client.close();
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidFile(file, 'is no JSON');
  }
}

function invalidFile(file: string, reason: string): SlipwayError {
  return slipwayError(
    'MODEL_ACCESS_DENIED',
    `the Google credentials in ${file}: the file ${reason}`,
    {
      details: { file },
    },
  );
}
