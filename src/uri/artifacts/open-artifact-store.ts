/** Which store reads an artifact URI; the others are refused with what helps. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { fetchCommand } from '../fetch-command.ts';
import type { UriSession } from '../uri-session.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { createIndexStore } from './index-store.ts';
import { isArchiveUrl } from './is-archive-url.ts';
import { createLocalStore } from './local-store.ts';
import { createProxyStore, isProxyUrl, resolveProxyUri } from './proxy-store.ts';

/**
 * Opens the folder `below` of the place that `uri` names.
 * @throws MODEL_URI_UNSUPPORTED, MODEL_NOT_FOUND
 */
export async function openArtifactStore(
  session: UriSession,
  uri: string,
  below: string,
): Promise<ArtifactStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase() ?? 'file';
  if (scheme === 'file') return createLocalStore(uri, below);
  if (scheme === 'mlflow-artifacts') {
    const url = resolveProxyUri(uri, session.trackingUri);
    return createProxyStore(await session.http(), extend(url, below));
  }
  if (scheme === 'http' || scheme === 'https') return openHttp(session, uri, below);
  if (scheme === 's3' || scheme === 'r2' || scheme === 'b2') {
    const { openS3Store } = await import('../s3/s3-store.ts');
    return openS3Store(session, uri, below);
  }
  if (scheme === 'dbfs') {
    const { openDbfsStore } = await import('../databricks/dbfs-store.ts');
    return openDbfsStore(session, uri, below);
  }
  if (scheme === 'hdfs' || scheme === 'viewfs') {
    const { openHdfsStore } = await import('../hdfs/webhdfs-store.ts');
    return openHdfsStore(session, uri, below);
  }
  if (scheme === 'ftp') {
    const { openFtpStore } = await import('../ftp/ftp-store.ts');
    return openFtpStore(session, uri, below);
  }
  if (scheme === 'sftp') {
    const { openSftpStore } = await import('../sftp/sftp-store.ts');
    return openSftpStore(session, uri, below);
  }
  if (scheme === 'gs') {
    const { openGcsStore } = await import('../gcs/gcs-store.ts');
    return openGcsStore(session, uri, below);
  }
  if (/^(wasbs?|abfss?)$/.test(scheme)) {
    const { openAzureStore } = await import('../azure/azure-store.ts');
    return openAzureStore(session, uri, below);
  }
  throw unsupported(uri, scheme);
}

async function openHttp(session: UriSession, uri: string, below: string): Promise<ArtifactStore> {
  if (!URL.canParse(uri)) {
    throw slipwayError('MODEL_URI_INVALID', `${uri} is no valid address`, { details: { uri } });
  }
  const url = new URL(uri);
  const client = await session.http();
  if (isProxyUrl(url)) return createProxyStore(client, extend(url, below));
  if (isArchiveUrl(url)) {
    const { createArchiveStore } = await import('./archive-store.ts');
    return createArchiveStore(client, url, { below, workFolder: session.newFolder() });
  }
  return createIndexStore(client, extend(url, below));
}

function extend(url: URL, below: string): URL {
  const extended = new URL(url);
  extended.pathname = [
    url.pathname.replace(/\/+$/, ''),
    ...below.split('/').filter(Boolean).map(encodeURIComponent),
  ].join('/');
  return extended;
}

function unsupported(uri: string, scheme: string): SlipwayError {
  return slipwayError(
    'MODEL_URI_UNSUPPORTED',
    `${scheme}: URIs are not fetched yet; run ${fetchCommand(uri)} and give DIR instead`,
    { details: { uri, scheme } },
  );
}
