import type { OnProgress } from '../contract/runtime.ts';

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
  /** Where settings and credentials are read. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
}
