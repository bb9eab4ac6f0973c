import type { Server } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** Turns of the event loop, a millisecond each, in which nobody connected. */
const enoughQuietTurns = 5;
/** Longest wait for them, in milliseconds. */
const mostWaitMs = 1000;

/**
 * Resolves when nobody has connected for a moment, so that nobody waits at the ports of `servers`; in busy times after a
 * second.
 *
 * @param isIdle turns do not count while it is not so; by default it always is
 */
export async function untilQuiet(
  servers: readonly Server[],
  isIdle: () => boolean = () => true,
): Promise<void> {
  let quietTurns = 0;
  const interrupt = (): void => void (quietTurns = 0);
  for (const server of servers) server.on('connection', interrupt);
  const latestMs = performance.now() + mostWaitMs;
  while (quietTurns < enoughQuietTurns && performance.now() < latestMs) {
    quietTurns = isIdle() ? quietTurns + 1 : 0;
    await sleep(1);
    // Whoever waits at the port has been accepted by then.
    await nextTurn();
  }
  for (const server of servers) server.off('connection', interrupt);
}
