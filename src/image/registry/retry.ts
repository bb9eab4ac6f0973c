/** Tries again what failed in passing: dropped connections, 429, 5xx. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlipwayError } from '../../errors/slipway-error.ts';
import type { RegistryOptions } from './registry-options.ts';

const longestMs = 30_000;

/** A failure that may pass. */
export class PassingFailure extends Error {
  override readonly name = 'PassingFailure';
  /** What is thrown when no more attempts are made. */
  readonly error: SlipwayError;
  /** As the registry asked; null when it did not. */
  readonly afterMs: number | null;

  constructor(error: SlipwayError, afterMs: number | null = null) {
    super(error.message, { cause: error });
    this.error = error;
    this.afterMs = afterMs;
  }
}

/** Runs `attempt` until it does not throw a {@link PassingFailure}; `hasProgressed` starts the count again. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { maxRetries = 6, backoffMs = 400, onProgress, signal }: RegistryOptions,
  hasProgressed: () => boolean = () => false,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (failure) {
      signal?.throwIfAborted();
      if (!(failure instanceof PassingFailure)) throw failure;
      if (hasProgressed()) failures = 1;
      if (failures > maxRetries) throw failure.error;
      const grown = backoffMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      const waitMs = Math.min(failure.afterMs ?? grown, longestMs);
      onProgress?.({ step: `${failure.error.message}; again in ${(waitMs / 1000).toFixed(1)} s` });
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
