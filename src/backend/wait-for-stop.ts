/** Waits for the word to stop: a signal, the end of the parent, or the caller's own abort. */
import type { ControlChannel } from './control-channel.ts';

/** Those that always stop a server, and the one that also does where it has no certificate to be renewed. */
const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves when the server should stop. After that the signals have their usual effect again, so that
 * a second one ends the process at once.
 *
 * @param renewsOnHangup SIGHUP, which a terminal sends that is closed, has another meaning
 */
export function waitForStop(
  channel: ControlChannel | null,
  abort?: AbortSignal,
  renewsOnHangup: boolean = false,
): Promise<void> {
  const signals = stopSignals.filter((signal) => signal !== 'SIGHUP' || !renewsOnHangup);
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of signals) process.off(signal, stop);
      abort?.removeEventListener('abort', stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
    abort?.addEventListener('abort', stop);
    if (abort?.aborted === true) stop();
    void channel?.parentGone.then(stop);
  });
}

/**
 * Opens something slow; `open` gets a signal that aborts with the word to stop.
 *
 * @returns null when the word came first; what was opened by then has been closed
 * @throws what `open` throws before that
 */
export async function openUnless<T extends { readonly service: { close(): Promise<void> } }>(
  stopped: Promise<void>,
  open: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const controller = new AbortController();
  void stopped.then(() => controller.abort(new Error('told to stop')));
  try {
    const opened = await open(controller.signal);
    if (!controller.signal.aborted) return opened;
    await opened.service.close();
    return null;
  } catch (error) {
    if (controller.signal.aborted) return null;
    throw error;
  }
}
