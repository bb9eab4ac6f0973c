/** Azure Blob Storage (`wasbs:`) and Data Lake Storage (`abfss:`), by their REST interfaces; no SDK. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  createObjectStore,
  type ListedObject,
  type ObjectPage,
} from '../artifacts/object-store.ts';
import {
  type AskedRequest,
  anonymous,
  createHttpClient,
  type HttpClient,
  type Identity,
} from '../http/http-client.ts';
import { readHttpSettings } from '../http/http-settings.ts';
import { createTokenSource } from '../http/token-source.ts';
import { xmlElements, xmlText } from '../http/xml-text.ts';
import { field, listOf, textField } from '../tracking/read-answer.ts';
import type { UriSession } from '../uri-session.ts';
import {
  type AzureAccount,
  type AzureSecret,
  parseAzureUri,
  readAzureAccount,
} from './azure-account.ts';
import { askAzureToken } from './azure-token.ts';
import { signWithSharedKey } from './shared-key.ts';

const pageLimitBytes = 64 * 2 ** 20;
/** Of the interface; Azurite and every region know it. */
const version = '2021-12-02';

/**
 * Opens the folder `below` of a container. `secret`: what lets us in, where it is not what the variables of this
 * machine name.
 * @throws MODEL_URI_INVALID, INVALID_ENVIRONMENT_VARIABLE; later MODEL_ACCESS_DENIED
 */
export function openAzureStore(
  session: UriSession,
  uri: string,
  below: string,
  secret?: AzureSecret,
): ArtifactStore {
  const address = parseAzureUri(uri);
  const known = readAzureAccount(address, secret === undefined ? session.environment : {});
  const account = secret === undefined ? known : { ...known, secret };
  const client = openClient(session, account);
  const urlOf = (path: string, query: Readonly<Record<string, string>> = {}): URL => {
    const url = new URL(account.endpoint);
    url.pathname += [address.container, ...path.split('/')].map(encodeURIComponent).join('/');
    if (path === '') url.pathname = url.pathname.replace(/\/$/, '');
    const own = new URLSearchParams(query).toString();
    const sas = account.secret?.kind === 'sas' ? account.secret.query : '';
    url.search = [own, sas].filter((part) => part !== '').join('&');
    return url;
  };
  const parts = [...address.path.split('/'), ...below.split('/')].filter((part) => part !== '');
  return createObjectStore({
    client,
    location: `${address.scheme}://${address.container}@${address.host}/${parts.join('/')}`,
    key: parts.join('/'),
    urlOf: (name) => urlOf(name),
    readPage:
      account.speaks === 'blob'
        ? (prefix, marker, signal) => readBlobPage(client, urlOf, { prefix, marker, signal })
        : (prefix, marker, signal) => readPathPage(client, urlOf, { prefix, marker, signal }),
  });
}

type UrlOf = (path: string, query?: Readonly<Record<string, string>>) => URL;

interface PageRequest {
  readonly prefix: string;
  readonly marker: string | null;
  readonly signal: AbortSignal | undefined;
}

function openClient(session: UriSession, account: AzureAccount): HttpClient {
  const settings = { ...readHttpSettings(session.environment), clientCertFile: null };
  const asking = createHttpClient(settings, anonymous);
  const client = createHttpClient(settings, createIdentity(session, account, asking));
  session.onClose(() => {
    asking.close();
    client.close();
  });
  return client;
}

function createIdentity(
  { environment, signal }: UriSession,
  { name, endpoint, secret }: AzureAccount,
  asking: HttpClient,
): Identity {
  const token = createTokenSource(() => askAzureToken({ environment, client: asking, signal }));
  const secrets = new Set<string>(secret === null ? [] : [secretText(secret)]);
  const fixed = { 'x-ms-version': version, 'user-agent': 'slipway' };
  const letIn = async (asked: AskedRequest): Promise<Readonly<Record<string, string>>> => {
    if (secret?.kind === 'sas') return fixed;
    if (secret?.kind === 'key') {
      const headers = { ...asked.headers, ...fixed };
      return { ...fixed, ...signWithSharedKey({ ...asked, headers }, name, secret.key) };
    }
    const text = (await token()) ?? '';
    secrets.add(text);
    return { ...fixed, authorization: `Bearer ${text}` };
  };
  return {
    headersFor: (asked) => (asked.url.host === endpoint.host ? letIn(asked) : {}),
    get secrets() {
      return [...secrets].filter((text) => text !== '');
    },
  };
}

function secretText(secret: NonNullable<AzureSecret>): string {
  return secret.kind === 'key' ? secret.key : secret.query;
}

/** "List Blobs"; folders of a hierarchical account are listed as blobs and are none. */
async function readBlobPage(
  client: HttpClient,
  urlOf: UrlOf,
  { prefix, marker, signal }: PageRequest,
): Promise<ObjectPage> {
  const url = urlOf('', {
    comp: 'list',
    restype: 'container',
    prefix,
    ...(marker === null ? {} : { marker }),
  });
  const bytes = await client.bytes(url, signal === undefined ? {} : { signal }, pageLimitBytes);
  const xml = bytes.toString('utf8');
  const blobs = xmlElements(xml, 'Blob').filter(
    (blob) => xmlText(blob, 'ResourceType') !== 'directory',
  );
  return { objects: blobs.map(toObject), next: xmlText(xml, 'NextMarker') };
}

function toObject(blob: string): ListedObject {
  const name = xmlText(blob, 'Name') ?? '';
  const etag = xmlText(blob, 'Etag');
  return {
    key: /<Name Encoded="true">/i.test(blob) ? decodeURIComponent(name) : name,
    sizeBytes: sizeOf(xmlText(blob, 'Content-Length')),
    ...(etag === null ? {} : { etag }),
  };
}

/** "Path - List" of Data Lake Storage, whose signatures may be for one folder. */
async function readPathPage(
  client: HttpClient,
  urlOf: UrlOf,
  { prefix, marker, signal }: PageRequest,
): Promise<ObjectPage> {
  const directory = prefix.replace(/\/$/, '');
  const url = urlOf('', {
    resource: 'filesystem',
    recursive: 'true',
    ...(directory === '' ? {} : { directory }),
    ...(marker === null ? {} : { continuation: marker }),
  });
  const answer = await client.send(url, signal === undefined ? {} : { signal });
  const continuation = answer.headers['x-ms-continuation'];
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    parts.push(part);
    sizeBytes += part.length;
    if (sizeBytes > pageLimitBytes) throw tooLong(url);
  }
  const paths = listOf(JSON.parse(Buffer.concat(parts).toString('utf8')), 'paths');
  return {
    objects: paths.filter((path) => !isDirectory(path)).map(pathToObject),
    next: typeof continuation === 'string' ? continuation : null,
  };
}

/** A text, in spite of its name. */
function isDirectory(path: unknown): boolean {
  return String(field(path, 'isDirectory')) === 'true';
}

function pathToObject(path: unknown): ListedObject {
  const etag = textField(path, 'etag');
  return {
    key: textField(path, 'name') ?? '',
    sizeBytes: sizeOf(textField(path, 'contentLength')),
    ...(etag === null ? {} : { etag }),
  };
}

function sizeOf(text: string | null): number {
  return text !== null && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function tooLong(url: URL): Error {
  return slipwayError('MODEL_LISTING_INVALID', `${url.origin} answers with a page without end`);
}
