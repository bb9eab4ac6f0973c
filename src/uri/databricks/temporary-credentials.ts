/** Stores behind Unity Catalog, opened with the credentials that it gives for a while. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { AwsCredentials } from '../aws/aws-credentials.ts';
import { createTokenSource } from '../http/token-source.ts';
import { field, textField } from '../tracking/read-answer.ts';
import type { UriSession } from '../uri-session.ts';

const fallbackMs = 3_600_000;
const marginMs = 5 * 60_000;

/** `renew` asks for the credentials again. @throws MODEL_ACCESS_DENIED for kinds that nobody knows */
export async function openWithTemporaryCredentials(
  session: UriSession,
  uri: string,
  below: string,
  credentials: unknown,
  renew: () => Promise<unknown>,
): Promise<ArtifactStore> {
  let current = credentials;
  const fresh = async (): Promise<unknown> => {
    if (expiryOf(current) - Date.now() < marginMs) current = await renew();
    return current;
  };
  if (awsKeysOf(credentials) !== null) {
    const { openS3Store } = await import('../s3/s3-store.ts');
    return openS3Store(session, uri.replace(/^s3[an]:/i, 's3:'), below, {
      credentials: async () => awsKeysOf(await fresh()),
    });
  }
  const sas = textField(field(credentials, 'azure_user_delegation_sas'), 'sas_token');
  if (sas !== null) {
    const { openAzureStore } = await import('../azure/azure-store.ts');
    return openAzureStore(session, uri, below, { kind: 'sas', query: sas.replace(/^\?/, '') });
  }
  if (field(credentials, 'gcp_oauth_token') !== undefined) {
    const { openGcsStore } = await import('../gcs/gcs-store.ts');
    const source = createTokenSource(async () => {
      const known = await fresh();
      const token = textField(field(known, 'gcp_oauth_token'), 'oauth_token');
      return token === null ? null : { token, expiresAt: expiryOf(known) };
    });
    return openGcsStore(session, uri, below, source);
  }
  throw slipwayError(
    'MODEL_ACCESS_DENIED',
    `Unity Catalog gives no credentials for ${uri} that are known here`,
    { details: { uri } },
  );
}

function awsKeysOf(credentials: unknown): AwsCredentials | null {
  const keys =
    field(credentials, 'aws_temp_credentials') ?? field(credentials, 'r2_temp_credentials');
  const accessKey = textField(keys, 'access_key_id');
  const secretKey = textField(keys, 'secret_access_key');
  if (accessKey === null || secretKey === null) return null;
  return { accessKey, secretKey, sessionToken: textField(keys, 'session_token') };
}

function expiryOf(credentials: unknown): number {
  const text = textField(credentials, 'expiration_time');
  return text === null ? Date.now() + fallbackMs : Number(text);
}
