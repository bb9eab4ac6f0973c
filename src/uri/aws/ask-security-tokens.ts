/** Temporary credentials of a role, from Amazon's Security Token Service. */
import { readFile } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import { readText } from '../http/http-settings.ts';
import { xmlText } from '../http/xml-text.ts';
import type { AwsCredentials, ExpiringCredentials } from './aws-credentials.ts';
import type { CredentialSearch } from './find-credentials.ts';
import { signRequest } from './sign-request.ts';

const answerLimitBytes = 2 ** 20;

/** A role, taken with the keys of somebody who may. */
export function assumeRole(
  search: CredentialSearch,
  credentials: AwsCredentials,
  role: {
    readonly roleArn: string;
    readonly sessionName: string | null;
    readonly externalId?: string;
  },
): Promise<ExpiringCredentials> {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? 'slipway',
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
  }).toString();
  return ask(search, body, credentials);
}

/** A role, taken with a token that the cluster or the pipeline gave. @throws MODEL_ACCESS_DENIED without the file */
export async function assumeRoleWithWebIdentity(
  search: CredentialSearch,
  role: {
    readonly roleArn: string;
    readonly tokenFile: string;
    readonly sessionName: string | null;
  },
): Promise<ExpiringCredentials> {
  const token = await readFile(role.tokenFile, 'utf8').catch((cause: unknown) => {
    throw slipwayError(
      'MODEL_ACCESS_DENIED',
      `the web identity of AWS should stand in ${role.tokenFile}, which cannot be read`,
      { details: { file: role.tokenFile }, cause },
    );
  });
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role.roleArn,
    RoleSessionName: role.sessionName ?? 'slipway',
    WebIdentityToken: token.trim(),
  }).toString();
  return ask(search, body, null);
}

async function ask(
  { environment, http, region, signal }: CredentialSearch,
  body: string,
  credentials: AwsCredentials | null,
): Promise<ExpiringCredentials> {
  const endpoint =
    readText(environment, 'AWS_ENDPOINT_URL_STS') ?? readText(environment, 'AWS_ENDPOINT_URL');
  const url = new URL(endpoint ?? `https://sts.${region}.amazonaws.com/`);
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const request = { method: 'POST', url, headers, body, service: 'sts', region };
  const signature = credentials === null ? {} : signRequest({ ...request, credentials });
  const answer = await http.bytes(
    url,
    { method: 'POST', headers: { ...headers, ...signature }, body, ...(signal && { signal }) },
    answerLimitBytes,
  );
  return parseCredentials(answer.toString('utf8'), url);
}

function parseCredentials(xml: string, url: URL): ExpiringCredentials {
  const accessKey = xmlText(xml, 'AccessKeyId');
  const secretKey = xmlText(xml, 'SecretAccessKey');
  if (accessKey === null || secretKey === null) {
    throw slipwayError('MODEL_ACCESS_DENIED', `${url.origin} gives no credentials for the role`);
  }
  const expiresAt = Date.parse(xmlText(xml, 'Expiration') ?? '');
  return {
    accessKey,
    secretKey,
    sessionToken: xmlText(xml, 'SessionToken'),
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
  };
}
