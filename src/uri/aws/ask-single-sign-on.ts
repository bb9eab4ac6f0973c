/** Credentials of a role behind single sign-on: the token that "aws sso login" left, exchanged at Amazon's portal. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readText } from '../http/http-settings.ts';
import { field, textField } from '../tracking/read-answer.ts';
import type { ExpiringCredentials } from './aws-credentials.ts';
import type { CredentialSearch } from './find-credentials.ts';
import { awsFolder } from './read-profile.ts';

const answerLimitBytes = 2 ** 20;

/** null where the profile `name` does not sign on. @throws MODEL_ACCESS_DENIED when nobody has, or not lately */
export async function askSingleSignOn(
  search: CredentialSearch,
  name: string,
): Promise<ExpiringCredentials | null> {
  const profile = search.profiles.profile(name);
  const account = profile.get('sso_account_id');
  const role = profile.get('sso_role_name');
  if (account === undefined || role === undefined) return null;
  const sessionName = profile.get('sso_session');
  const session = sessionName === undefined ? profile : search.profiles.session(sessionName);
  const region = session.get('sso_region') ?? search.region;
  const token = await readToken(search, sessionName ?? session.get('sso_start_url') ?? '', name);
  const endpoint = readText(search.environment, 'AWS_ENDPOINT_URL_SSO');
  const url = new URL(endpoint ?? `https://portal.sso.${region}.amazonaws.com`);
  url.pathname = '/federation/credentials';
  url.search = new URLSearchParams({ role_name: role, account_id: account }).toString();
  const { signal } = search;
  const headers = { 'x-amz-sso_bearer_token': token };
  const request = { headers, ...(signal === undefined ? {} : { signal }) };
  const answer = await search.http.bytes(url, request, answerLimitBytes);
  return parseCredentials(answer.toString('utf8'), url);
}

async function readToken(search: CredentialSearch, key: string, name: string): Promise<string> {
  const hash = createHash('sha1').update(key).digest('hex');
  const file = path.join(awsFolder(search.environment), 'sso', 'cache', `${hash}.json`);
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const content = parse(text);
  const token = textField(content, 'accessToken');
  const endsAt = Date.parse(textField(content, 'expiresAt') ?? '');
  if (token !== null && endsAt > Date.now()) return token;
  throw slipwayError(
    'MODEL_ACCESS_DENIED',
    `the profile ${name} of ~/.aws signs on, and ${token === null ? 'nobody has' : 'that has run out'}: run "aws sso login --profile ${name}"`,
    { details: { profile: name } },
  );
}

function parseCredentials(text: string, url: URL): ExpiringCredentials {
  const found = field(parse(text), 'roleCredentials');
  const accessKey = textField(found, 'accessKeyId');
  const secretKey = textField(found, 'secretAccessKey');
  if (accessKey !== null && secretKey !== null) {
    const expiresAt = Number(textField(found, 'expiration') ?? Number.NaN);
    return {
      accessKey,
      secretKey,
      sessionToken: textField(found, 'sessionToken'),
      expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
    };
  }
  throw slipwayError('MODEL_ACCESS_DENIED', `${url.origin} gives no credentials for the role`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
