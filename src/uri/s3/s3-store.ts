/** S3 and what speaks its language: listing and reading over REST, signed here; no SDK. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactFile, ArtifactStore } from '../artifacts/artifact-store.ts';
import { Listing } from '../artifacts/listing.ts';
import { downloadUrl } from '../http/download-url.ts';
import { createHttpClient, type HttpClient } from '../http/http-client.ts';
import { readIfThere } from '../http/read-if-there.ts';
import type { UriSession } from '../uri-session.ts';
import { type AwsSettings, readAwsSettings } from './read-aws-settings.ts';
import { encodeForAws, signRequest } from './sign-request.ts';

const pageLimitBytes = 16 * 2 ** 20;

/**
 * Opens the folder `below` of `s3://bucket/key`.
 * @throws MODEL_URI_INVALID, MODEL_ACCESS_DENIED without credentials
 */
export async function openS3Store(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/is.exec(uri) ?? [];
  if (bucket === undefined) {
    throw slipwayError('MODEL_URI_INVALID', `${uri} is not of the form s3://bucket/path`, {
      details: { uri },
    });
  }
  const settings = await readAwsSettings(bucket, session.environment);
  const root = rootOf(bucket, settings);
  const client = createHttpClient(settings.http, {
    headersFor: (url, method) =>
      url.host === root.host ? signRequest({ method, url, ...settings }) : {},
    secrets: [settings.credentials.secretKey, settings.credentials.sessionToken ?? ''].filter(
      (secret) => secret !== '',
    ),
  });
  session.onClose(() => client.close());
  const parts = [...key.split('/'), ...below.split('/')].filter((part) => part !== '');
  return createS3Store(client, root, `s3://${bucket}`, parts.join('/'));
}

function rootOf(bucket: string, { endpoint, region, addressing }: AwsSettings): URL {
  const root = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  if (addressing === 'virtual') root.hostname = `${bucket}.${root.hostname}`;
  const base = root.pathname.replace(/\/+$/, '');
  root.pathname = addressing === 'virtual' ? `${base}/` : `${base}/${encodeForAws(bucket)}/`;
  return root;
}

function createS3Store(client: HttpClient, root: URL, name: string, key: string): ArtifactStore {
  const prefix = key === '' ? '' : `${key}/`;
  const urlOf = (path: string): URL => {
    const url = new URL(root);
    url.pathname += `${prefix}${path}`.split('/').map(encodeForAws).join('/');
    return url;
  };
  return {
    location: `${name}/${key}`,
    list: (signal) => listObjects({ client, root, prefix, signal }, `${name}/${key}`),
    read: (path, limitBytes, signal) => readIfThere(client, urlOf(path), limitBytes, signal),
    download: (file, target, options) =>
      downloadUrl(client, urlOf(file.path), file, target, options),
  };
}

interface ListRequest {
  readonly client: HttpClient;
  readonly root: URL;
  readonly prefix: string;
  readonly signal: AbortSignal | undefined;
}

async function listObjects(
  { client, root, prefix, signal }: ListRequest,
  location: string,
): Promise<readonly ArtifactFile[]> {
  const listing = new Listing(location);
  const seen = new Set<string>();
  for (let token: string | null = ''; token !== null;) {
    const url = new URL(root);
    const query: readonly (readonly [string, string])[] = [
      ...(token === '' ? [] : [['continuation-token', token] as const]),
      ['encoding-type', 'url'],
      ['list-type', '2'],
      ['prefix', prefix],
    ];
    url.search = query.map(([name, value]) => `${name}=${encodeForAws(value)}`).join('&');
    const request = signal === undefined ? {} : { signal };
    const xml = (await client.bytes(url, request, pageLimitBytes)).toString('utf8');
    addPage(xml, prefix, listing);
    token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : null;
    if (token !== null && seen.has(token))
      throw listing.invalid('…', 'is on a page that comes again');
    if (token !== null) seen.add(token);
  }
  return listing.files;
}

/** Keys that end with a slash stand for folders. */
function addPage(xml: string, prefix: string, listing: Listing): void {
  const isEncoded = textOf(xml, 'EncodingType') === 'url';
  for (const [, content = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
    const text = textOf(content, 'Key') ?? '';
    const key = isEncoded ? decodeKey(text) : text;
    if (!key.startsWith(prefix)) throw listing.invalid(key, `does not start with ${prefix}`);
    const path = key.slice(prefix.length);
    if (path === '' || path.endsWith('/')) continue;
    const etag = textOf(content, 'ETag');
    const size = textOf(content, 'Size') ?? '';
    const sizeBytes = /^\d+$/.test(size) ? Number(size) : Number.NaN;
    listing.add({ path, sizeBytes, ...(etag === null ? {} : { etag }) });
  }
}

function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Text of the first element of that name. */
function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text === undefined) return null;
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
