/** Big files straight from the store behind a tracking server, by addresses that the server signs, where it offers them. */
import { slipwayError } from '../../errors/slipway-error.ts';
import { downloadParts, isWorthParts, type PartSource } from '../http/download-parts.ts';
import type { HttpClient } from '../http/http-client.ts';
import { shownUrl } from '../http/http-failure.ts';
import { readFlag, readText } from '../http/http-settings.ts';
import { field, textField } from '../tracking/read-answer.ts';
import type { ArtifactFile, DownloadOptions } from './artifact-store.ts';

const answerLimitBytes = 2 ** 20;
/** A signed address is asked for again after so long: none is so short-lived. */
const signatureMs = 60_000;
const enablingVariable = 'MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD';

/** Downloads a file; false where it has to come through the server. */
export type PresignedDownload = (
  file: ArtifactFile,
  target: string,
  options: DownloadOptions,
) => Promise<boolean>;

/**
 * `base` is the address of the server, `signedUrlOf` that at which it signs the address of a file. The client tells
 * hosts that it does not trust nothing of who we are.
 */
export function createPresignedDownload(
  client: HttpClient,
  base: URL,
  signedUrlOf: (path: string) => URL,
): PresignedDownload {
  let offered: Promise<boolean> | undefined;
  const { environment } = client.settings;
  return async (file, target, options) => {
    if (!isWorthParts(file)) return false;
    const { signal } = options;
    if (!(await (offered ??= isOffered(client, base, environment, signal)))) return false;
    const source = createSource(client, signedUrlOf(file.path), signal);
    if ((await source()) === null) return false;
    const { sizeBytes } = file;
    await downloadParts(client, source as PartSource, { sizeBytes }, target, options);
    return true;
  };
}

/** As MLflow's client: the variable decides, else what the server says of itself. */
async function isOffered(
  client: HttpClient,
  base: URL,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (readText(environment, enablingVariable) !== null) {
    return readFlag(environment, enablingVariable, false);
  }
  const url = new URL(base);
  url.pathname = `${base.pathname.replace(/\/+$/, '')}/api/3.0/mlflow/server-info`;
  try {
    const answer = await client.bytes(
      url,
      signal === undefined ? {} : { signal },
      answerLimitBytes,
    );
    return field(JSON.parse(answer.toString('utf8')), 'multipart_downloads_enabled') === true;
  } catch {
    signal?.throwIfAborted();
    return false; // servers before MLflow 3.10
  }
}

type Signed = Awaited<ReturnType<PartSource>>;

/** Gives null where the server cannot sign. */
function createSource(
  client: HttpClient,
  url: URL,
  signal: AbortSignal | undefined,
): () => Promise<Signed | null> {
  let signed: Promise<Signed | null> | undefined;
  let askedAt = 0;
  return () => {
    if (signed === undefined || Date.now() - askedAt > signatureMs) {
      askedAt = Date.now();
      signed = askForSignature(client, url, signal);
    }
    return signed;
  };
}

async function askForSignature(
  client: HttpClient,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<Signed | null> {
  const request = signal === undefined ? {} : { signal };
  const answer = await client.send(url, request, [404, 501]);
  const parts: Buffer[] = [];
  for await (const part of answer.body as AsyncIterable<Buffer>) parts.push(part);
  if (answer.status >= 300) return null;
  const content: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  const address = textField(content, 'url') ?? '';
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) {
    const headers = Object.entries(field(content, 'headers') ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      String(value),
    ]);
    return {
      url: new URL(address),
      headers: Object.fromEntries(headers) as Record<string, string>,
    };
  }
  throw slipwayError('MODEL_FETCH_FAILED', `${shownUrl(url)} signs no http(s) address`, {
    details: { url: shownUrl(url) },
  });
}
