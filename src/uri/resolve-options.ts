import type { OnProgress } from '../contract/runtime.ts';

/**
 * Chooses, by the content of the MLmodel file, which of the files at these paths are needed; all of them where it cannot
 * tell. The rest is not fetched.
 */
export type PickFiles = (mlmodel: Buffer, paths: readonly string[]) => readonly string[];

/** Options of `resolveModelUri`. Local paths need none of them. */
export interface ResolveOptions {
  /** Hears of every step of fetching. */
  readonly onProgress?: OnProgress;
  /** Ends the fetching. */
  readonly signal?: AbortSignal;
  /** Ask no server: take what the URI led to last, from the cache. Default: SLIPWAY_OFFLINE, else false. */
  readonly offline?: boolean;
  /** Fetch anew, into a folder that goes away with the process. Default: SLIPWAY_NO_CACHE, else false. */
  readonly noCache?: boolean;
  /** Leaves files of a model that has to be fetched where they are. Default: every file is fetched. */
  readonly pick?: PickFiles;
  /** Where settings and credentials are read. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
}
