/** Where an Azure storage account is, and what lets us in: MLflow's variables and those of Azure's tools. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { readText } from '../http/http-settings.ts';

/** What lets us in; null for the identity of Azure Active Directory. */
export type AzureSecret =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'sas'; readonly query: string }
  | null;

/** An account. */
export interface AzureAccount {
  readonly name: string;
  /** Address of the blob or file system service; ends with a slash. */
  readonly endpoint: URL;
  /** Interface that the endpoint speaks: of blobs, or of file systems (Data Lake Storage). */
  readonly speaks: 'blob' | 'dfs';
  readonly secret: AzureSecret;
}

/** A container (or file system) and a path in it, as a URI names them. */
export interface AzureAddress {
  readonly scheme: 'wasbs' | 'abfss';
  readonly container: string;
  readonly account: string;
  /** `account.blob.core.windows.net` */
  readonly host: string;
  readonly path: string;
}

/** The emulator's account is the same everywhere. Source: Microsoft, "Use the Azurite emulator". */
const developmentStorage = {
  AccountName: 'devstoreaccount1',
  AccountKey:
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  BlobEndpoint: 'http://127.0.0.1:10000/devstoreaccount1',
};

/**
 * Reads `wasbs://container@account.blob.core.windows.net/path` and `abfss://filesystem@account.dfs.core.windows.net/path`.
 * @throws MODEL_URI_INVALID
 */
export function parseAzureUri(uri: string): AzureAddress {
  const [, scheme = '', container = '', account = '', suffix = '', path = ''] =
    /^(wasbs?|abfss?):\/\/([^/@]+)@([^/.]+)\.([^/]+)\/?(.*)$/is.exec(uri) ?? [];
  if (account === '') {
    const form = /^w/i.test(uri)
      ? 'wasbs://container@account.blob.core.windows.net/path'
      : 'abfss://filesystem@account.dfs.core.windows.net/path';
    throw slipwayError('MODEL_URI_INVALID', `${uri} is not of the form ${form}`, {
      details: { uri },
    });
  }
  const isBlob = scheme.toLowerCase().startsWith('w');
  return {
    scheme: isBlob ? 'wasbs' : 'abfss',
    container,
    account,
    host: `${account}.${suffix}`,
    path: isBlob ? path : decodePath(path),
  };
}

/** Reads the variables. @throws INVALID_ENVIRONMENT_VARIABLE */
export function readAzureAccount(
  address: AzureAddress,
  environment: NodeJS.ProcessEnv,
): AzureAccount {
  const read = (name: string): string | null => readText(environment, name);
  const connection = read('AZURE_STORAGE_CONNECTION_STRING');
  const speaks = address.scheme === 'wasbs' ? 'blob' : 'dfs';
  const given = connection === null ? null : accountOf(connection, speaks);
  const key = given?.key ?? read('AZURE_STORAGE_ACCESS_KEY');
  const sas = given?.sas ?? read('AZURE_STORAGE_SAS_TOKEN');
  return {
    name: given?.name ?? address.account,
    endpoint: given?.endpoint ?? new URL(`https://${address.host}/`),
    speaks: given?.speaks ?? speaks,
    secret: secretOf(key, sas),
  };
}

function secretOf(key: string | null, sas: string | null): AzureSecret {
  if (key !== null) return { kind: 'key', key };
  return sas === null ? null : { kind: 'sas', query: sas.replace(/^\?/, '') };
}

function accountOf(
  connection: string,
  service: AzureAccount['speaks'],
): Omit<AzureAccount, 'secret'> & {
  readonly key: string | null;
  readonly sas: string | null;
} {
  const written = new Map(
    connection.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
    }),
  );
  const isDevelopment = written.get('usedevelopmentstorage') === 'true';
  const emulated: Readonly<Record<string, string>> = isDevelopment ? developmentStorage : {};
  const value = (name: string): string | null =>
    written.get(name.toLowerCase()) ?? emulated[name] ?? null;
  const protocol = value('DefaultEndpointsProtocol') ?? 'https';
  const suffix = value('EndpointSuffix') ?? 'core.windows.net';
  const name = value('AccountName') ?? '';
  const blobEndpoint = value('BlobEndpoint'); // of an emulator; it speaks of blobs alone
  const text = blobEndpoint ?? `${protocol}://${name}.${service}.${suffix}`;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw slipwayError(
      'INVALID_ENVIRONMENT_VARIABLE',
      'AZURE_STORAGE_CONNECTION_STRING names neither an account nor a BlobEndpoint with an http(s) address.',
    );
  }
  return {
    name: name === '' ? nameIn(new URL(text)) : name,
    endpoint: new URL(text.endsWith('/') ? text : `${text}/`),
    speaks: blobEndpoint === null ? service : 'blob',
    key: value('AccountKey'),
    sas: value('SharedAccessSignature'),
  };
}

function nameIn(endpoint: URL): string {
  return endpoint.hostname.split('.')[0] ?? '';
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path).replace(/^\/+/, '');
  } catch {
    return path;
  }
}
