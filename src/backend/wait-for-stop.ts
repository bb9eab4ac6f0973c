/** Waits for the word to stop: a signal, the end of the parent, or the caller's own abort. */
import type { ControlChannel } from './control-channel.ts';

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/**
 * Resolves when the server should stop. After that the signals have their usual effect again, so that
 * a second one ends the process at once.
 */
export function waitForStop(channel: ControlChannel | null, abort?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of stopSignals) process.off(signal, stop);
      abort?.removeEventListener('abort', stop);
      resolve();
    };
    for (const signal of stopSignals) process.on(signal, stop);
    abort?.addEventListener('abort', stop);
    if (abort?.aborted === true) stop();
    void channel?.parentGone.then(stop);
  });
}
