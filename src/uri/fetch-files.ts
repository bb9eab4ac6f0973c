/** Fetches the files of a model into a folder, several at once, and says how far it has come. */
import { setMaxListeners } from 'node:events';
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
/**
 * Small files besides. They cost the server's answer, not the line: an `mlflow server` with several workers takes 45 ms for
 * each, as it waits for our acknowledgement between head and body (its sockets have no TCP_NODELAY), and no processor.
 * One with a single worker is busy all the time, and slower where more than these ask at once.
 */
const parallelSmallFiles = 8;
const smallFileBytes = 2 ** 18;
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
  setMaxListeners(0, either); // each file that is on its way listens
  const meter = createMeter(files.length, totalBytes, onProgress);
  const { next, nextSmall, smallCount } = createQueue(files);
  const work = async (take: () => PlacedFile | undefined): Promise<void> => {
    try {
      for (let file = take(); file !== undefined; file = take()) {
        await fetchFile(file, folder, either, meter.add);
        meter.finish();
      }
    } catch (error) {
      ending.abort(error);
      throw error;
    }
  };
  const workers = [
    ...Array.from({ length: Math.min(parallelFiles, files.length) }, () => work(next)),
    ...Array.from({ length: Math.min(parallelSmallFiles, smallCount) }, () => work(nextSmall)),
  ];
  const results = await Promise.allSettled(workers);
  if (ending.signal.aborted) throw ending.signal.reason;
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** The biggest first: the last to finish is then a small one. */
function createQueue(files: readonly PlacedFile[]): {
  readonly next: () => PlacedFile | undefined;
  readonly nextSmall: () => PlacedFile | undefined;
  readonly smallCount: number;
} {
  const sorted = files.toSorted((a, b) => (b.file.sizeBytes ?? 0) - (a.file.sizeBytes ?? 0));
  const isSmall = ({ file }: PlacedFile): boolean => (file.sizeBytes ?? Infinity) <= smallFileBytes;
  const large = sorted.filter((placed) => !isSmall(placed));
  const small = sorted.filter(isSmall);
  const nextSmall = (): PlacedFile | undefined => small.shift();
  return { next: () => large.shift() ?? nextSmall(), nextSmall, smallCount: small.length };
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
