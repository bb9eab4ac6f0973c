/** Fetches the files of a model into a folder, several at once, and says how far it has come. */
import { copyFile, mkdir, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OnProgress } from '../contract/runtime.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ArtifactFile, ArtifactStore } from './artifacts/artifact-store.ts';

/** A file and where it comes from. */
export interface PlacedFile {
  readonly file: ArtifactFile;
  readonly store: ArtifactStore;
  /** Where it has been read already. */
  readonly content?: Buffer;
  /** A copy of the same version on this machine. */
  readonly copy?: string;
}

/** Options of {@link fetchFiles}. */
export interface FetchFilesOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

const parallelFiles = 8;
const progressMs = 200;

/**
 * Writes every file below `folder`. The first failure ends the others.
 * @throws MODEL_FETCH_FAILED, MODEL_ACCESS_DENIED, MODEL_NOT_FOUND, the reason of the signal
 */
export async function fetchFiles(
  files: readonly PlacedFile[],
  folder: string,
  { signal, onProgress }: FetchFilesOptions,
): Promise<void> {
  const totalBytes = sizeOf(files);
  await checkSpace(folder, totalBytes);
  await makeFolders(files, folder);
  const ending = new AbortController();
  const either = signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]);
  const meter = createMeter(files.length, totalBytes, onProgress);
  // The biggest first: the last to finish is then a small one.
  const queue = files.toSorted((a, b) => (b.file.sizeBytes ?? 0) - (a.file.sizeBytes ?? 0));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await fetchFile(next, folder, either, meter.add);
      meter.finish();
    }
  };
  const workers = Array.from({ length: Math.min(parallelFiles, files.length) }, async () => {
    try {
      await worker();
    } catch (error) {
      ending.abort(error);
      throw error;
    }
  });
  const results = await Promise.allSettled(workers);
  if (ending.signal.aborted) throw ending.signal.reason;
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function fetchFile(
  { file, store, content, copy }: PlacedFile,
  folder: string,
  signal: AbortSignal,
  onBytes: (byteCount: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const target = path.join(folder, file.path);
  if (copy !== undefined) {
    await copyFile(copy, target);
    onBytes(file.sizeBytes ?? 0);
    return;
  }
  if (content === undefined) return store.download(file, target, { signal, onBytes });
  await writeFile(target, content, { flag: 'wx' });
  onBytes(content.length);
}

function sizeOf(files: readonly PlacedFile[]): number {
  return files.reduce((sum, { file }) => sum + (file.sizeBytes ?? 0), 0);
}

/** Before anything is fetched, and so before a disk is full. */
async function checkSpace(folder: string, neededBytes: number): Promise<void> {
  const stats = await statfs(folder).catch(() => null);
  if (stats === null) return;
  const freeBytes = stats.bavail * stats.bsize;
  if (neededBytes <= freeBytes) return;
  throw slipwayError(
    'MODEL_FETCH_FAILED',
    `the model has ${megabytes(neededBytes)} and ${folder} has room for ${megabytes(freeBytes)}; name another folder in SLIPWAY_CACHE`,
    { details: { folder, neededBytes, freeBytes } },
  );
}

async function makeFolders(files: readonly PlacedFile[], folder: string): Promise<void> {
  const folders = new Set(files.map(({ file }) => path.dirname(path.join(folder, file.path))));
  for (const each of folders) await mkdir(each, { recursive: true });
}

/** Counts bytes and files; tells them a few times a second. */
function createMeter(
  fileCount: number,
  totalBytes: number,
  onProgress: OnProgress | undefined,
): { readonly add: (byteCount: number) => void; readonly finish: () => void } {
  const startedAt = performance.now();
  let toldAt = -Infinity;
  let byteCount = 0;
  let done = 0;
  const tell = (): void => {
    const now = performance.now();
    if (onProgress === undefined || (now - toldAt < progressMs && done < fileCount)) return;
    toldAt = now;
    const seconds = Math.max((now - startedAt) / 1000, 0.001);
    const of = totalBytes > 0 ? ` of ${megabytes(totalBytes)}` : '';
    const step = `fetching the model: ${done} of ${fileCount} files, ${megabytes(byteCount)}${of}, ${megabytes(byteCount / seconds)}/s`;
    const fraction = totalBytes > 0 ? Math.min(1, byteCount / totalBytes) : done / fileCount;
    onProgress({ step, fraction });
  };
  return {
    add: (count) => {
      byteCount += count;
      tell();
    },
    finish: () => {
      done++;
      tell();
    },
  };
}

function megabytes(byteCount: number): string {
  return `${(byteCount / 1e6).toFixed(1)} MB`;
}
