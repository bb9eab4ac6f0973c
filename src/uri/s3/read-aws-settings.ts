/** Credentials, region and endpoint of S3, as boto3 finds them in variables and `~/.aws`, and MLflow's variables. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { slipwayError } from '../../errors/slipway-error.ts';
import { type HttpSettings, readFlag, readHttpSettings, readText } from '../http/http-settings.ts';
import { parseIniSection } from '../http/read-credentials.ts';

/** A key pair, temporary with a session token. */
export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | null;
}

/** How S3 is asked. */
export interface AwsSettings {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** null for Amazon's own. */
  readonly endpoint: URL | null;
  /** `path`: bucket in the path; `virtual`: in the host name. */
  readonly addressing: 'path' | 'virtual';
  readonly http: HttpSettings;
}

type Read = (name: string) => string | null;

/**
 * Reads the settings for `bucket`.
 * @throws MODEL_ACCESS_DENIED without credentials, INVALID_ENVIRONMENT_VARIABLE
 */
export async function readAwsSettings(
  bucket: string,
  environment: NodeJS.ProcessEnv,
): Promise<AwsSettings> {
  const read: Read = (name) => readText(environment, name);
  const profile = await readProfile(read);
  const credentials = credentialsOf(read, profile);
  const endpointText =
    read('MLFLOW_S3_ENDPOINT_URL') ??
    read('AWS_ENDPOINT_URL_S3') ??
    read('AWS_ENDPOINT_URL') ??
    profile.get('endpoint_url') ??
    null;
  const endpoint = endpointText === null ? null : parseEndpoint(endpointText);
  const http = readHttpSettings(environment);
  return {
    credentials,
    region:
      read('AWS_REGION') ?? read('AWS_DEFAULT_REGION') ?? profile.get('region') ?? 'us-east-1',
    endpoint,
    addressing: addressingOf(read('MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE'), bucket, endpoint),
    http: {
      ...http,
      insecureTls: readFlag(environment, 'MLFLOW_S3_IGNORE_TLS', false),
      serverCertFile: read('AWS_CA_BUNDLE'),
      clientCertFile: null,
    },
  };
}

/** Both files of `~/.aws`; credentials come before config. */
async function readProfile(read: Read): Promise<ReadonlyMap<string, string>> {
  const name = read('AWS_PROFILE') ?? read('AWS_DEFAULT_PROFILE') ?? 'default';
  const folder = path.join(read('HOME') ?? homedir(), '.aws');
  const load = (variable: string, file: string): Promise<string> =>
    readFile(read(variable) ?? path.join(folder, file), 'utf8').catch(() => '');
  const config = await load('AWS_CONFIG_FILE', 'config');
  const credentials = await load('AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  return new Map([
    ...parseIniSection(config, name === 'default' ? name : `profile ${name}`),
    ...parseIniSection(credentials, name),
  ]);
}

function credentialsOf(read: Read, profile: ReadonlyMap<string, string>): AwsCredentials {
  const accessKey = read('AWS_ACCESS_KEY_ID');
  const secretKey = read('AWS_SECRET_ACCESS_KEY');
  if (accessKey !== null && secretKey !== null) {
    return { accessKey, secretKey, sessionToken: read('AWS_SESSION_TOKEN') };
  }
  const [key, secret] = [profile.get('aws_access_key_id'), profile.get('aws_secret_access_key')];
  if (key !== undefined && secret !== undefined) {
    const sessionToken = profile.get('aws_session_token') ?? null;
    return { accessKey: key, secretKey: secret, sessionToken };
  }
  throw slipwayError(
    'MODEL_ACCESS_DENIED',
    's3: needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile with keys in ~/.aws/credentials (single sign-on: run "aws configure export-credentials --format env" and set what it prints)',
  );
}

function parseEndpoint(text: string): URL {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `the endpoint of S3 must be an http(s) address, not '${text}'.`,
  );
}

/** As boto3's `auto`: in the host name where that is a name, and never for addresses of other services. */
function addressingOf(
  style: string | null,
  bucket: string,
  endpoint: URL | null,
): 'path' | 'virtual' {
  if (style === 'path' || style === 'virtual') return style;
  if (style !== null && style !== 'auto') {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      `MLFLOW_BOTO_CLIENT_ADDRESSING_STYLE must be auto, path or virtual, not '${style}'.`,
    );
  }
  return endpoint === null && /^[a-z0-9-]{3,63}$/.test(bucket) ? 'virtual' : 'path';
}
