/** Credentials of Amazon's services, looked for where and in the order in which botocore looks for them. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { HttpClient } from '../http/http-client.ts';
import { readText } from '../http/http-settings.ts';
import { containerCredentials, instanceCredentials } from './ask-machine.ts';
import type { AwsCredentials, ExpiringCredentials } from './aws-credentials.ts';
import { assumeRole, assumeRoleWithWebIdentity } from './ask-security-tokens.ts';
import { askSingleSignOn } from './ask-single-sign-on.ts';
import type { AwsProfile, AwsProfiles } from './read-profile.ts';
import { runCredentialProcess } from './run-credential-process.ts';

/** What looking for credentials needs. */
export interface CredentialSearch {
  readonly environment: NodeJS.ProcessEnv;
  readonly profiles: AwsProfiles;
  /** Asks as nobody. */
  readonly http: HttpClient;
  readonly region: string;
  readonly signal?: AbortSignal | undefined;
}

/** Gives credentials, asked for anew shortly before they end; null where there are none. */
export type CredentialSource = () => Promise<AwsCredentials | null>;

const marginMs = 5 * 60_000;
/** A role whose source is a role, and so on. */
const deepest = 8;

/** Looks once for all callers, and again when what was found is about to end. */
export function createCredentialSource(search: CredentialSearch): CredentialSource {
  let found: Promise<ExpiringCredentials | null> | undefined;
  return async () => {
    const credentials = await (found ??= findCredentials(search));
    const endsAt = credentials?.expiresAt ?? Infinity;
    if (endsAt - Date.now() > marginMs) return credentials;
    found = findCredentials(search);
    return found;
  };
}

/**
 * Variables, roles, web identity, single sign-on, files, a process, the container, the machine: the first that has some.
 * @throws MODEL_ACCESS_DENIED where a place that is configured gives none
 */
async function findCredentials(search: CredentialSearch): Promise<ExpiringCredentials | null> {
  const { environment, profiles } = search;
  const read = (name: string): string | null => readText(environment, name);
  const takesRole = profiles.profile(profiles.name).has('role_arn');
  return (
    variables(read) ??
    (takesRole ? await ofProfile(search, profiles.name, []) : null) ??
    (await ofWebIdentity(search)) ??
    (await ofProfile(search, profiles.name, [])) ??
    (await containerCredentials(search)) ??
    (await instanceCredentials(search))
  );
}

function variables(read: (name: string) => string | null): ExpiringCredentials | null {
  const [accessKey, secretKey] = [read('AWS_ACCESS_KEY_ID'), read('AWS_SECRET_ACCESS_KEY')];
  if (accessKey === null || secretKey === null) return null;
  return { accessKey, secretKey, sessionToken: read('AWS_SESSION_TOKEN'), expiresAt: null };
}

/** For pods (EKS) and runners of pipelines. */
async function ofWebIdentity(search: CredentialSearch): Promise<ExpiringCredentials | null> {
  const tokenFile = readText(search.environment, 'AWS_WEB_IDENTITY_TOKEN_FILE');
  const roleArn = readText(search.environment, 'AWS_ROLE_ARN');
  if (tokenFile === null || roleArn === null) return null;
  const sessionName = readText(search.environment, 'AWS_ROLE_SESSION_NAME');
  return assumeRoleWithWebIdentity(search, { roleArn, tokenFile, sessionName });
}

async function ofProfile(
  search: CredentialSearch,
  name: string,
  above: readonly string[],
): Promise<ExpiringCredentials | null> {
  const profile = search.profiles.profile(name);
  if (above.includes(name) || above.length > deepest) throw denied(name, 'leads back to itself');
  const roleArn = profile.get('role_arn');
  if (roleArn !== undefined) return ofRole(search, { name, profile, roleArn }, above);
  const signedOn = await askSingleSignOn(search, name);
  if (signedOn !== null) return signedOn;
  const [accessKey, secretKey] = [
    profile.get('aws_access_key_id'),
    profile.get('aws_secret_access_key'),
  ];
  if (accessKey !== undefined && secretKey !== undefined) {
    const sessionToken = profile.get('aws_session_token') ?? null;
    return { accessKey, secretKey, sessionToken, expiresAt: null };
  }
  const command = profile.get('credential_process');
  return command === undefined ? null : runCredentialProcess(command, name, search);
}

async function ofRole(
  search: CredentialSearch,
  { name, profile, roleArn }: { name: string; profile: AwsProfile; roleArn: string },
  above: readonly string[],
): Promise<ExpiringCredentials> {
  const sessionName = profile.get('role_session_name') ?? null;
  const tokenFile = profile.get('web_identity_token_file');
  if (tokenFile !== undefined) {
    return assumeRoleWithWebIdentity(search, { roleArn, tokenFile, sessionName });
  }
  if (profile.has('mfa_serial')) {
    throw denied(
      name,
      `asks for a code (mfa_serial), which only a person can give: run "aws configure export-credentials --profile ${name} --format env" and set what it prints`,
    );
  }
  const source = await ofSource(search, { name, profile, roleArn }, above);
  if (source === null) throw denied(name, 'names a source that has no credentials');
  const externalId = profile.get('external_id');
  return assumeRole(search, source, {
    roleArn,
    sessionName,
    ...(externalId === undefined ? {} : { externalId }),
  });
}

async function ofSource(
  search: CredentialSearch,
  { name, profile }: { name: string; profile: AwsProfile; roleArn: string },
  above: readonly string[],
): Promise<AwsCredentials | null> {
  const sourceName = profile.get('source_profile');
  if (sourceName === name) return keysOf(profile); // a profile may be its own source, with keys
  if (sourceName !== undefined) return ofProfile(search, sourceName, [...above, name]);
  const source = profile.get('credential_source');
  if (source === 'Environment')
    return variables((variable) => readText(search.environment, variable));
  if (source === 'EcsContainer') return containerCredentials(search);
  if (source === 'Ec2InstanceMetadata') return instanceCredentials(search);
  throw denied(name, 'has a role_arn and neither a source_profile nor a credential_source');
}

function keysOf(profile: AwsProfile): AwsCredentials | null {
  const [accessKey, secretKey] = [
    profile.get('aws_access_key_id'),
    profile.get('aws_secret_access_key'),
  ];
  if (accessKey === undefined || secretKey === undefined) return null;
  return { accessKey, secretKey, sessionToken: profile.get('aws_session_token') ?? null };
}

function denied(name: string, reason: string): SlipwayError {
  return slipwayError('MODEL_ACCESS_DENIED', `the profile ${name} of ~/.aws ${reason}`, {
    details: { profile: name },
  });
}
