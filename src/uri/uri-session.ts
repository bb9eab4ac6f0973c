/** What resolving one URI needs: settings, credentials, clients, stores; opened as they are asked for, closed together. */
import { fileURLToPath } from 'node:url';
import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { slipwayError } from '../errors/slipway-error.ts';
import type { HttpClient } from './http/http-client.ts';
import { readText } from './http/http-settings.ts';
import { openTrackingClient } from './open-tracking-client.ts';
import { findDefaultStore } from './tracking/find-default-store.ts';
import type { ResolveOptions } from './resolve-options.ts';
import type { TrackingStore } from './tracking/tracking-store.ts';

/** One resolution. */
export interface UriSession {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** MLFLOW_TRACKING_URI or what stands for it. */
  readonly trackingUri: string;
  /** MLFLOW_REGISTRY_URI, else the tracking URI. */
  readonly registryUri: string;
  http(): Promise<HttpClient>;
  /** The store at any tracking URI. */
  store(uri: string): Promise<TrackingStore>;
  tracking(): Promise<TrackingStore>;
  registry(): Promise<TrackingStore>;
  /** Path of a folder that does not exist yet; whatever is put there goes away at the end. */
  newFolder(): string;
  /** Done once, at the end. */
  onClose(work: () => void | Promise<void>): void;
  close(): Promise<void>;
}

/** Options of {@link openSession}. */
export interface SessionOptions extends Pick<ResolveOptions, 'signal' | 'onProgress'> {
  /** Folder for what is needed only meanwhile. */
  readonly workFolder: string;
}

/** Opens a session for `uri`, whose own host may hear our credentials if it is an artifact proxy. */
export async function openSession(
  uri: string,
  environment: NodeJS.ProcessEnv,
  { signal, onProgress, workFolder }: SessionOptions,
): Promise<UriSession> {
  const trackingUri = readText(environment, 'MLFLOW_TRACKING_URI') ?? (await findDefaultStore());
  const registryUri = readText(environment, 'MLFLOW_REGISTRY_URI') ?? trackingUri;
  const closing: (() => void | Promise<void>)[] = [];
  let client: Promise<HttpClient> | undefined;
  const stores = new Map<string, Promise<TrackingStore>>();
  const session: UriSession = {
    environment,
    signal,
    trackingUri,
    registryUri,
    http: () => (client ??= openTrackingClient(session, uri, onProgress)),
    store: (storeUri) => open(storeUri),
    tracking: () => open(trackingUri),
    registry: () => open(registryUri),
    newFolder: () => {
      const folder = path.join(workFolder, randomUUID());
      closing.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    onClose: (work) => void closing.push(work),
    close: async () => {
      for (const work of closing.splice(0)) await work();
    },
  };
  const open = (storeUri: string): Promise<TrackingStore> => {
    const store = stores.get(storeUri) ?? openStore(storeUri, session);
    stores.set(storeUri, store);
    return store;
  };
  return session;
}

async function openStore(uri: string, session: UriSession): Promise<TrackingStore> {
  const store = await createStore(uri, session);
  session.onClose(() => store.close());
  return store;
}

async function createStore(uri: string, session: UriSession): Promise<TrackingStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') {
    if (!URL.canParse(uri)) throw unsupported(uri, 'it is no valid address');
    const { createRestStore } = await import('./tracking/rest-store.ts');
    return createRestStore(await session.http(), new URL(uri), session.signal);
  }
  if (/^databricks|^uc:/i.test(uri)) {
    const { openDatabricksStore } = await import('./databricks/open-databricks-store.ts');
    return openDatabricksStore(session, uri);
  }
  if (scheme === undefined || scheme === 'file') {
    const folder = path.resolve(scheme === undefined ? uri : localPath(uri));
    const isFolder = (await stat(folder).catch(() => null))?.isDirectory() === true;
    if (!isFolder) throw unsupported(uri, `there is no folder ${folder}`);
    const { createFileStore } = await import('./tracking/file-store.ts');
    return createFileStore(folder);
  }
  if (scheme === 'sqlite') {
    const { openSqliteStore } = await import('./tracking/sqlite-store.ts');
    return openSqliteStore(uri);
  }
  throw unsupported(
    uri,
    `${scheme} is not there yet; start "mlflow server" on it and give its address`,
  );
}

function localPath(uri: string): string {
  return /^file:\/\//i.test(uri) ? fileURLToPath(uri) : uri.slice('file:'.length);
}

function unsupported(uri: string, reason: string): Error {
  return slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `the tracking URI ${uri.replace(/\?.*$/s, '')} cannot be used: ${reason}`,
    { details: { scheme: uri.split(':')[0] } },
  );
}
