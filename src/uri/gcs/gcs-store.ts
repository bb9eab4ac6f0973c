/** Google Cloud Storage, by its JSON interface; no SDK. */
import { slipwayError } from '../../errors/slipway-error.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import {
  createObjectStore,
  type ListedObject,
  type ObjectPage,
} from '../artifacts/object-store.ts';
import {
  anonymous,
  createHttpClient,
  type HttpClient,
  type Identity,
} from '../http/http-client.ts';
import { readHttpSettings, readText } from '../http/http-settings.ts';
import { createTokenSource } from '../http/token-source.ts';
import { field, listOf, textField } from '../tracking/read-answer.ts';
import type { UriSession } from '../uri-session.ts';
import { askGoogleToken } from './google-token.ts';

const pageLimitBytes = 16 * 2 ** 20;

/** Gives the token of whoever asks; null for nobody. */
export type TokenSource = () => Promise<string | null>;

/**
 * Opens the folder `below` of `gs://bucket/key`. `token`: who asks, where it is not whom the variables and files of
 * this machine name.
 * @throws MODEL_URI_INVALID; later MODEL_ACCESS_DENIED
 */
export function openGcsStore(
  session: UriSession,
  uri: string,
  below: string,
  token?: TokenSource,
): ArtifactStore {
  const [, bucket, key = ''] = /^gs:\/\/([^/]+)\/?(.*)$/is.exec(uri) ?? [];
  if (bucket === undefined) {
    throw slipwayError('MODEL_URI_INVALID', `${uri} is not of the form gs://bucket/path`, {
      details: { uri },
    });
  }
  const root = rootOf(session.environment);
  const client = openClient(session, root, token);
  const folder = [...key.split('/'), ...below.split('/')].filter((part) => part !== '').join('/');
  const objects = `${root.pathname}storage/v1/b/${encodeURIComponent(bucket)}/o`;
  return createObjectStore({
    client,
    location: `gs://${bucket}/${folder}`,
    key: folder,
    comparesEtags: false,
    urlOf: (name, generation) => {
      const url = new URL(root);
      url.pathname = `${objects}/${encodeURIComponent(name)}`;
      url.search = new URLSearchParams({
        alt: 'media',
        ...(generation === undefined ? {} : { generation }),
      }).toString();
      return url;
    },
    readPage: (prefix, pageToken, signal) => {
      const url = new URL(root);
      url.pathname = objects;
      url.search = new URLSearchParams({
        prefix,
        fields: 'items(name,size,generation),nextPageToken',
        ...(pageToken === null ? {} : { pageToken }),
      }).toString();
      return readPage(client, url, signal);
    },
  });
}

function isEmulated(environment: NodeJS.ProcessEnv): boolean {
  return readText(environment, 'STORAGE_EMULATOR_HOST') !== null;
}

/** An emulator, or Google. */
function rootOf(environment: NodeJS.ProcessEnv): URL {
  const name = isEmulated(environment) ? 'STORAGE_EMULATOR_HOST' : 'API_ENDPOINT_OVERRIDE';
  const host = readText(environment, name);
  if (host === null) return new URL('https://storage.googleapis.com/');
  const text = /^https?:\/\//i.test(host) ? host : `http://${host}`;
  if (URL.canParse(text)) return new URL(text.endsWith('/') ? text : `${text}/`);
  throw slipwayError(
    'INVALID_ENVIRONMENT_VARIABLE',
    `${name} must be an http(s) address, not '${host}'.`,
  );
}

/** An emulator asks nobody who they are. */
function openClient(session: UriSession, root: URL, given: TokenSource | undefined): HttpClient {
  const { environment, signal } = session;
  const settings = { ...readHttpSettings(environment), clientCertFile: null };
  const open = (identity: Identity): HttpClient => {
    const client = createHttpClient(settings, identity);
    session.onClose(() => client.close());
    return client;
  };
  if (isEmulated(environment) && given === undefined) return open(anonymous);
  const asking = open(anonymous);
  const source =
    given ?? createTokenSource(() => askGoogleToken({ environment, client: asking, signal }));
  const secrets = new Set<string>();
  return open({
    headersFor: async ({ url }) => {
      const token = url.host === root.host ? await source() : null;
      if (token !== null) secrets.add(token);
      return token === null ? {} : { authorization: `Bearer ${token}` };
    },
    get secrets() {
      return [...secrets];
    },
  });
}

async function readPage(
  client: HttpClient,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<ObjectPage> {
  const bytes = await client.bytes(url, signal === undefined ? {} : { signal }, pageLimitBytes);
  let answer: unknown;
  try {
    answer = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw slipwayError('MODEL_FETCH_FAILED', `${url.origin} does not answer in JSON`, { cause });
  }
  return {
    objects: listOf(answer, 'items').map(toObject),
    next: textField(answer, 'nextPageToken'),
  };
}

/** The generation takes the place of an etag: addresses can ask for it, and it changes with the content. */
function toObject(item: unknown): ListedObject {
  const generation = textField(item, 'generation');
  const size = field(item, 'size');
  return {
    key: textField(item, 'name') ?? '',
    sizeBytes: /^\d+$/.test(String(size)) ? Number(size) : Number.NaN,
    ...(generation === null ? {} : { etag: generation }),
  };
}
