/** Workload identity: the token of another provider, exchanged for one of Google's; and taking on a service account. */
import { readFile } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import { askForToken, postForToken } from '../http/ask-token.ts';
import type { AccessToken } from '../http/token-source.ts';
import { field, textField } from '../tracking/read-answer.ts';
import type { GoogleTokenSearch } from './google-token.ts';

const cloudScope = 'https://www.googleapis.com/auth/cloud-platform';
const answerLimitBytes = 2 ** 20;

/** `content` is a file of type external_account. Source: RFC 8693; Google's "Workload identity federation". */
export function exchangeExternalToken(
  search: GoogleTokenSearch,
  content: unknown,
  file: string,
): Promise<AccessToken> {
  const exchange = async (): Promise<AccessToken> => {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: textField(content, 'audience') ?? '',
      scope: cloudScope,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type: textField(content, 'subject_token_type') ?? '',
      subject_token: await readSubjectToken(search, field(content, 'credential_source'), file),
    };
    const url = new URL(textField(content, 'token_url') ?? 'https://sts.googleapis.com/v1/token');
    return postForToken(search.client, url, form, search.signal);
  };
  const account = textField(content, 'service_account_impersonation_url');
  return account === null ? exchange() : impersonate(search, account, exchange);
}

/** A token of the service account behind `address`, for whoever `source` says we are. */
export async function impersonate(
  { client, signal }: GoogleTokenSearch,
  address: string,
  source: () => Promise<AccessToken>,
): Promise<AccessToken> {
  const { token } = await source();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ scope: [cloudScope] });
  return askForToken(client, new URL(address), { method: 'POST', headers, body }, signal);
}

async function readSubjectToken(
  { client, signal }: GoogleTokenSearch,
  source: unknown,
  file: string,
): Promise<string> {
  const [tokenFile, address] = [textField(source, 'file'), textField(source, 'url')];
  let text: string;
  if (tokenFile !== null) text = await readFile(tokenFile, 'utf8');
  else if (address !== null) {
    const headers = field(source, 'headers') as Readonly<Record<string, string>> | undefined;
    const request = { ...(headers && { headers }), ...(signal && { signal }) };
    text = (await client.bytes(new URL(address), request, answerLimitBytes)).toString('utf8');
  } else {
    throw slipwayError(
      'MODEL_ACCESS_DENIED',
      `${file} takes its identity neither from a file nor from an address, which are the ways known here; run "gcloud auth application-default login", or name the file of a service account in GOOGLE_APPLICATION_CREDENTIALS`,
      { details: { file } },
    );
  }
  const format = field(source, 'format');
  if (textField(format, 'type') !== 'json') return text.trim();
  const name = textField(format, 'subject_token_field_name') ?? 'access_token';
  return textField(JSON.parse(text), name) ?? '';
}
