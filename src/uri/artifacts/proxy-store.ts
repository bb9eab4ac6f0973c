/** The artifact proxy of a tracking server: `…/api/2.0/mlflow-artifacts/artifacts/<path>`. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { downloadUrl } from '../http/download-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import { readIfThere } from '../http/read-if-there.ts';
import { shownUrl } from '../http/http-failure.ts';
import { field, listOf, textField } from '../tracking/read-answer.ts';
import type { ArtifactFile, ArtifactStore, DownloadOptions } from './artifact-store.ts';
import { createGate } from './gate.ts';
import { Listing } from './listing.ts';
import { createPresignedDownload, type PresignedDownload } from './presigned-downloads.ts';

/** Path of the proxy below a tracking URI. */
export const proxyRoot = '/api/2.0/mlflow-artifacts/artifacts';

const pageLimitBytes = 64 * 2 ** 20;
const parallelListings = 8;

/** Does the address lead to the artifact proxy of a tracking server? */
export function isProxyUrl(url: URL): boolean {
  return `${url.pathname}/`.includes(`${proxyRoot}/`);
}

/**
 * The proxy's address of `mlflow-artifacts:/path` and `mlflow-artifacts://host:port/path`.
 * Source: MLflow 3.17.2 store/artifact/mlflow_artifacts_repo.py `resolve_uri`.
 * @throws MODEL_URI_UNSUPPORTED when the tracking URI is no server
 */
export function resolveProxyUri(uri: string, trackingUri: string): URL {
  if (!/^https?:\/\//i.test(trackingUri) || !URL.canParse(trackingUri)) {
    throw slipwayError(
      'MODEL_URI_UNSUPPORTED',
      `${uri} stands on a tracking server: set MLFLOW_TRACKING_URI to its http(s) address`,
      { details: { uri } },
    );
  }
  const url = new URL(trackingUri);
  const [, host, path = ''] = /^mlflow-artifacts:(?:\/\/([^/]*))?(\/.*)?$/is.exec(uri) ?? [];
  const prefix = url.pathname.replace(/\/+$/, '');
  const relative = path.startsWith(`${proxyRoot}/`) ? path : `${proxyRoot}${path}`;
  if (host !== undefined && host !== '') url.host = host;
  url.pathname = encodePath(`${prefix}${relative}`.replaceAll(/\/+/g, '/').replace(/\/$/, ''));
  url.search = '';
  return url;
}

/** `url` is the address of the model's folder below the proxy. */
export function createProxyStore(client: HttpClient, url: URL): ArtifactStore {
  return new ProxyStore(client, url);
}

const signingRoot = proxyRoot.replace(/artifacts$/, 'presigned');

class ProxyStore implements ArtifactStore {
  readonly location: string;
  readonly #client: HttpClient;
  readonly #url: URL;
  /** Address of the proxy itself, and the decoded path of the model below it. */
  readonly #proxy: URL;
  readonly #root: string;
  readonly #presigned: PresignedDownload;

  constructor(client: HttpClient, url: URL) {
    this.location = shownUrl(url);
    this.#client = client;
    this.#url = url;
    const end = url.pathname.indexOf(proxyRoot) + proxyRoot.length;
    this.#proxy = new URL(url);
    this.#proxy.pathname = url.pathname.slice(0, end);
    this.#root = decodeURIComponent(url.pathname.slice(end).replace(/^\/+|\/+$/g, ''));
    const base = new URL(url);
    base.pathname = url.pathname.slice(0, url.pathname.indexOf(proxyRoot));
    this.#presigned = createPresignedDownload(client, base, (path) => {
      const signing = this.#urlOf(path);
      signing.pathname = signing.pathname.replace(proxyRoot, signingRoot);
      return signing;
    });
  }

  async list(signal?: AbortSignal): Promise<readonly ArtifactFile[]> {
    const listing = new Listing(this.location);
    const gate = createGate(parallelListings);
    let folderCount = 0;
    const visit = async (folder: string): Promise<void> => {
      listing.checkCount((folderCount += 1));
      const entries = await gate(() => this.#listFolder(folder, signal));
      const folders: string[] = [];
      for (const entry of entries) {
        const name = textField(entry, 'path') ?? '';
        const path = folder === '' ? name : `${folder}/${name}`;
        if (field(entry, 'is_dir') === true) {
          listing.checkPath(path);
          folders.push(path);
        } else listing.add({ path, sizeBytes: sizeOf(field(entry, 'file_size')) });
      }
      await Promise.all(folders.map((path) => visit(path)));
    };
    await visit('');
    return listing.files;
  }

  read(path: string, limitBytes: number, signal?: AbortSignal): Promise<Buffer | null> {
    return readIfThere(this.#client, this.#urlOf(path), limitBytes, signal);
  }

  async download(file: ArtifactFile, target: string, options: DownloadOptions): Promise<void> {
    if (await this.#presigned(file, target, options)) return;
    await downloadUrl(this.#client, this.#urlOf(file.path), file, target, options);
  }

  async write(path: string, text: string): Promise<void> {
    const headers = { 'content-type': 'text/plain' };
    const answer = await this.#client.send(this.#urlOf(path), {
      method: 'PUT',
      headers,
      body: text,
    });
    answer.body.resume();
  }

  async #listFolder(folder: string, signal?: AbortSignal): Promise<readonly unknown[]> {
    const url = new URL(this.#proxy);
    const path = [this.#root, folder].filter((part) => part !== '').join('/');
    url.search = new URLSearchParams({ path }).toString();
    const request = signal === undefined ? {} : { signal };
    const bytes = await this.#client.bytes(url, request, pageLimitBytes);
    try {
      return listOf(JSON.parse(bytes.toString('utf8')), 'files');
    } catch (cause) {
      throw slipwayError('MODEL_FETCH_FAILED', `${shownUrl(url)} does not answer in JSON`, {
        details: { url: shownUrl(url) },
        cause,
      });
    }
  }

  #urlOf(path: string): URL {
    const url = new URL(this.#url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodePath(path)}`;
    return url;
  }
}

function encodePath(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}

/** Integers of 64 bits may come as texts. */
function sizeOf(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' ? value : Number(value);
}
