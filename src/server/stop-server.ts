/** How a server stops without losing a request: connections end with an answer, or once they have been quiet for a while. */
import type { Server } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Listeners } from './listeners.ts';
import type { AnswerStyle } from './send-answer.ts';

/** How long the parts of stopping take, in milliseconds. */
export interface StopOptions {
  /** New connections are still taken for so long, so that whoever sends them can learn of the end. Default: 0. */
  readonly drainDelayMs?: number;
  /**
   * A connection that is kept alive is closed once nothing was asked on it for so long: its client may be about to
   * send, and would lose that request. Default: 0.
   */
  readonly lingerMs?: number;
  /** Whatever is still in flight then is cut off. Default: the limit of one request. */
  readonly shutdownTimeoutMs?: number;
}

/** The parts of a server that is to stop. */
export interface StoppableServer {
  readonly app: FastifyInstance;
  readonly style: AnswerStyle;
  readonly listeners: Listeners;
}

/** Time between two looks at the connections, in milliseconds. */
const lookMs = 50;

/**
 * Takes no more connections, and closes each with its next answer; in this order, since a client that is told to
 * connect anew would meet a port that is about to close. Resolves when there are none left.
 *
 * @returns true where something had to be cut off
 */
export async function stopServer(
  { app, style, listeners }: StoppableServer,
  { drainDelayMs, lingerMs, shutdownTimeoutMs }: Required<StopOptions>,
): Promise<boolean> {
  if (drainDelayMs > 0) await sleep(drainDelayMs);
  // By then the connections that wait to be accepted have been.
  await nextTurn();
  const looking = closeQuiet(listeners, lingerMs);
  const closing = listeners.servers.map(closeServer);
  style.stopping = true;
  let isCut = false;
  const cutting = setTimeout(() => {
    isCut = true;
    listeners.closeAll();
  }, shutdownTimeoutMs).unref();
  await Promise.all(closing);
  clearInterval(looking);
  clearTimeout(cutting);
  await app.close();
  return isCut;
}

/** Looks again and again for connections that are done with, also for those of the direct way. */
function closeQuiet({ servers, silent, direct }: Listeners, lingerMs: number): NodeJS.Timeout {
  const closers = servers.map(keepIdle);
  let askedAtMs = performance.now();
  for (const server of servers) server.on('request', () => (askedAtMs = performance.now()));
  const look = (): void => {
    for (const connections of direct) connections.closeIdle(lingerMs);
    silent.close(Math.max(lingerMs, lookMs));
    if (performance.now() - askedAtMs < lingerMs) return;
    for (const closeIdle of closers) closeIdle();
  };
  // What has arrived has been read by the time of an immediate, but not of a timer.
  if (lingerMs === 0) look();
  return setInterval(() => setImmediate(look), lookMs);
}

/** Node closes idle connections with a server, before a request that is on its way can be read. @returns does it */
function keepIdle(server: Server): () => void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => undefined;
  return closeIdle;
}

/** Resolves when the last connection has ended. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
