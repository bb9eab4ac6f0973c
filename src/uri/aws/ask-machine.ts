/** Credentials that Amazon's machines and containers give to what runs on them. */
import { readFile } from 'node:fs/promises';
import { slipwayError } from '../../errors/slipway-error.ts';
import { anonymous, createHttpClient, type HttpClient } from '../http/http-client.ts';
import { readFlag, readHttpSettings, readText } from '../http/http-settings.ts';
import { parseMachineCredentials } from './parse-machine-credentials.ts';
import type { ExpiringCredentials } from './aws-credentials.ts';
import type { CredentialSearch } from './find-credentials.ts';

const answerLimitBytes = 2 ** 20;
/** As botocore: elsewhere than at Amazon nobody answers, and nobody wants to wait for that. */
const patienceMs = 1000;
/** Hosts without TLS that may hear the token of a container. */
const containerHosts = ['169.254.170.2', '169.254.170.23', 'localhost', '127.0.0.1', '[::1]'];

/** Of a task (ECS) or a pod (EKS Pod Identity); null where no variable names one. */
export async function containerCredentials(
  search: CredentialSearch,
): Promise<ExpiringCredentials | null> {
  const read = (name: string): string | null => readText(search.environment, name);
  const relative = read('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = read('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (relative === null && full === null) return null;
  const url = new URL(
    relative === null ? (full ?? '') : `http://169.254.170.2/${relative.replace(/^\//, '')}`,
  );
  const isAllowed = url.protocol === 'https:' || containerHosts.includes(url.hostname);
  if (!isAllowed && url.hostname !== '[fd00:ec2::23]') {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or an address of this machine.',
    );
  }
  const tokenFile = read('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token =
    tokenFile === null
      ? read('AWS_CONTAINER_AUTHORIZATION_TOKEN')
      : (await readFile(tokenFile, 'utf8')).trim();
  return withClient(search, async (client) => {
    const headers = token === null ? {} : { authorization: token };
    const answer = await client.bytes(url, { headers }, answerLimitBytes);
    return parseMachineCredentials(answer.toString('utf8'), url.origin);
  });
}

/** Of an EC2 machine; null where this is none. */
export async function instanceCredentials(
  search: CredentialSearch,
): Promise<ExpiringCredentials | null> {
  const { environment } = search;
  if (readFlag(environment, 'AWS_EC2_METADATA_DISABLED', false)) return null;
  const base =
    readText(environment, 'AWS_EC2_METADATA_SERVICE_ENDPOINT') ?? 'http://169.254.169.254';
  const at = (path: string): URL => new URL(`${base.replace(/\/+$/, '')}/latest/${path}`);
  return withClient(search, async (client) => {
    try {
      const life = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
      const token = await client.bytes(
        at('api/token'),
        { method: 'PUT', headers: life },
        answerLimitBytes,
      );
      const headers = { 'x-aws-ec2-metadata-token': token.toString('utf8') };
      const roles = at('meta-data/iam/security-credentials/');
      const named = (await client.bytes(roles, { headers }, answerLimitBytes)).toString('utf8');
      const role = named.trim().split('\n')[0] ?? '';
      const url = new URL(encodeURIComponent(role), roles);
      const answer = await client.bytes(url, { headers }, answerLimitBytes);
      return parseMachineCredentials(answer.toString('utf8'), url.origin);
    } catch {
      return null; // no such machine, or one without a role
    }
  });
}

/** Neither proxies nor patience. */
async function withClient<T>(
  { environment }: CredentialSearch,
  work: (client: HttpClient) => Promise<T>,
): Promise<T> {
  const settings = readHttpSettings(environment);
  const client = createHttpClient(
    { ...settings, maxRetries: 0, timeoutMs: patienceMs, environment: {} },
    anonymous,
  );
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
