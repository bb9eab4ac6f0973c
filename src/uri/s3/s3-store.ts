/** S3 and what speaks its language: listing and reading over REST, signed here; no SDK. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  createObjectStore,
  type ListedObject,
  type ObjectPage,
} from '../artifacts/object-store.ts';
import type { AwsCredentials } from '../aws/aws-credentials.ts';
import type { CredentialSource } from '../aws/find-credentials.ts';
import { openAwsAccount } from '../aws/open-aws-account.ts';
import { encodeForAws, signRequest } from '../aws/sign-request.ts';
import { createHttpClient, type HttpClient, type Identity } from '../http/http-client.ts';
import { xmlElements, xmlText } from '../http/xml-text.ts';
import type { UriSession } from '../uri-session.ts';
import { parseS3Uri, readS3Settings, type S3Settings } from './read-s3-settings.ts';

const pageLimitBytes = 16 * 2 ** 20;

/** Who asks for a bucket, where it is not who the variables and files of this machine name. */
export interface S3Access {
  readonly credentials: CredentialSource;
  readonly region?: string;
}

/**
 * Opens the folder `below` of `s3://bucket/key` (or of `r2:` and `b2:`).
 * @throws MODEL_URI_INVALID, INVALID_ENVIRONMENT_VARIABLE; later MODEL_ACCESS_DENIED without credentials
 */
export async function openS3Store(
  session: UriSession,
  uri: string,
  below: string,
  access?: S3Access,
): Promise<ArtifactStore> {
  const address = parseS3Uri(uri);
  const account = await openAwsAccount(session.environment, session.signal);
  session.onClose(() => account.close());
  const region = access?.region ?? account.region;
  const settings = readS3Settings(address, session.environment, { ...account, region });
  const root = rootOf(address.bucket, settings);
  const identity = createIdentity(root, settings, access?.credentials ?? account.credentials);
  const client = createHttpClient(settings.http, identity);
  session.onClose(() => client.close());
  const { scheme, bucket, host, key } = address;
  const folder = [...key.split('/'), ...below.split('/')].filter((part) => part !== '').join('/');
  return createObjectStore({
    client,
    location: `${scheme}://${bucket}${host === null ? '' : `@${host}`}/${folder}`,
    key: folder,
    urlOf: (name) => {
      const url = new URL(root);
      url.pathname += name.split('/').map(encodeForAws).join('/');
      return url;
    },
    readPage: (prefix, token, signal) => readPage(client, root, { prefix, token, signal }),
  });
}

function rootOf(bucket: string, { endpoint, region, addressing }: S3Settings): URL {
  const root = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  if (addressing === 'virtual') root.hostname = `${bucket}.${root.hostname}`;
  const base = root.pathname.replace(/\/+$/, '');
  root.pathname = addressing === 'virtual' ? `${base}/` : `${base}/${encodeForAws(bucket)}/`;
  return root;
}

/** Signs for the bucket's own host alone. */
function createIdentity(
  root: URL,
  { region, headers, isSigned }: S3Settings,
  source: CredentialSource,
): Identity {
  const secrets = new Set<string>();
  return {
    headersFor: async ({ url, method }) => {
      if (url.host !== root.host || !isSigned) return {};
      const credentials = await source();
      if (credentials === null) throw noCredentials();
      for (const secret of secretsOf(credentials)) secrets.add(secret);
      return { ...headers, ...signRequest({ method, url, headers, region, credentials }) };
    },
    get secrets() {
      return [...secrets];
    },
  };
}

function secretsOf({ secretKey, sessionToken }: AwsCredentials): readonly string[] {
  return [secretKey, sessionToken ?? ''].filter((secret) => secret !== '');
}

function noCredentials(): Error {
  return slipwayError(
    'MODEL_ACCESS_DENIED',
    's3: needs credentials, and none were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws in AWS_PROFILE; for a public bucket set MLFLOW_EXPERIMENTAL_S3_SIGNATURE_VERSION=unsigned',
  );
}

async function readPage(
  client: HttpClient,
  root: URL,
  asked: {
    readonly prefix: string;
    readonly token: string | null;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ObjectPage> {
  const url = new URL(root);
  const query: readonly (readonly [string, string])[] = [
    ...(asked.token === null ? [] : [['continuation-token', asked.token] as const]),
    ['encoding-type', 'url'],
    ['list-type', '2'],
    ['prefix', asked.prefix],
  ];
  url.search = query.map(([name, value]) => `${name}=${encodeForAws(value)}`).join('&');
  const request = asked.signal === undefined ? {} : { signal: asked.signal };
  const xml = (await client.bytes(url, request, pageLimitBytes)).toString('utf8');
  const isEncoded = xmlText(xml, 'EncodingType') === 'url';
  return {
    objects: xmlElements(xml, 'Contents').map((content) => toObject(content, isEncoded)),
    next: xmlText(xml, 'IsTruncated') === 'true' ? xmlText(xml, 'NextContinuationToken') : null,
  };
}

function toObject(content: string, isEncoded: boolean): ListedObject {
  const text = xmlText(content, 'Key') ?? '';
  const size = xmlText(content, 'Size') ?? '';
  const etag = xmlText(content, 'ETag');
  return {
    key: isEncoded ? decodeKey(text) : text,
    sizeBytes: /^\d+$/.test(size) ? Number(size) : Number.NaN,
    ...(etag === null ? {} : { etag }),
  };
}

function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
