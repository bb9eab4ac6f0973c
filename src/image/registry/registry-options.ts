import type { OnProgress } from '../../contract/runtime.ts';

/** How registries are spoken to. */
export interface RegistryOptions {
  /** Take any certificate, and plain HTTP where there is no TLS; credentials then stay here. Default: false. */
  readonly insecure?: boolean;
  /** Where proxies, certificates and the folders of credentials are named. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How often a request that failed in passing is sent again before nothing came of it. Default: 6. */
  readonly maxRetries?: number;
  /** Milliseconds before the first retry; doubles with each further one, to at most 30 s. Default: 400. */
  readonly backoffMs?: number;
  /** Longest silence of a registry, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Bytes sent at once to a registry, or through a proxy, that does not take a whole blob. Default: 16 MiB. */
  readonly pieceBytes?: number;
  /** Hears of each layer, and of each retry. */
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}
