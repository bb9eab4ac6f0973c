import type { ResolveOptions } from '../uri/resolve-options.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';

/** How a model that is not on this machine is fetched. */
export function fetchingOptions(
  { onProgress, noCache, environment }: ResolvedBackendOptions,
  signal?: AbortSignal,
): ResolveOptions {
  return {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    ...(noCache === true ? { noCache } : {}),
    ...(environment?.offline === true ? { offline: true } : {}),
  };
}
