/** A unix socket in place of a port. */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import net from 'node:net';
import { slipwayError } from '../../errors/slipway-error.ts';

/**
 * Removes the socket that a server left which did not end properly; one at which somebody answers stays.
 *
 * @throws LISTEN_FAILED where there is something else
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isSocket()) {
    throw slipwayError(
      'LISTEN_FAILED',
      `Cannot listen on ${path}: there is a file which is no socket.`,
    );
  }
  if (!(await doesAnswer(path))) unlinkSync(path);
}

/** Sets the mode of a socket that is there. */
export function setSocketMode(path: string, mode: number | undefined): void {
  if (mode !== undefined) chmodSync(path, mode);
}

function doesAnswer(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    const settle = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    // Only a refusal says that nobody listens; without permission nothing is known.
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'));
  });
}
