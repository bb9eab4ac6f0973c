/** How a server stops without losing a request: connections end with an answer, or once they have been quiet for a while. */
import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Listeners } from './listeners.ts';
import type { AnswerStyle } from './send-answer.ts';
import { untilQuiet } from './until-quiet.ts';

/** How long the parts of stopping take, in milliseconds. */
export interface StopOptions {
  /**
   * A connection that is kept alive is closed once nothing was asked on it for so long: its client may be about to
   * send, and would lose that request. Default: 0.
   */
  readonly lingerMs?: number;
  /** Called and waited for before the ports are closed, while no answer is sent. Default: nothing. */
  readonly beforeClosing?: (() => Promise<void>) | undefined;
  /** Whatever is still in flight then is cut off. Default: the limit of one request. */
  readonly shutdownTimeoutMs?: number;
}

/** With the defaults. */
export type FilledStopOptions = Required<Omit<StopOptions, 'beforeClosing'>> &
  Pick<StopOptions, 'beforeClosing'>;

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
 * The kernel cuts off who waits at a port that is closed. So no answer is sent just before: who waits for one does not
 * connect, and everybody else has been let in.
 *
 * @returns true where something had to be cut off
 */
export async function stopServer(
  { app, style, listeners }: StoppableServer,
  { lingerMs, shutdownTimeoutMs, beforeClosing }: FilledStopOptions,
): Promise<boolean> {
  style.queue.hold();
  await beforeClosing?.();
  await untilQuiet(listeners.servers);
  const looking = closeQuiet(listeners, lingerMs);
  for (const server of listeners.servers) server.close();
  style.stopping = true;
  style.queue.release();
  let isCut = false;
  const cutting = setTimeout(() => {
    isCut = true;
    listeners.closeAll();
  }, shutdownTimeoutMs).unref();
  await listeners.connections.closed();
  clearInterval(looking);
  clearTimeout(cutting);
  await app.close();
  return isCut;
}

/** Looks again and again for connections that are done with, also for those of the direct way. */
function closeQuiet({ servers, connections, direct }: Listeners, lingerMs: number): NodeJS.Timeout {
  const closers = servers.map(keepIdle);
  let askedAtMs = performance.now();
  for (const server of servers) server.on('request', () => (askedAtMs = performance.now()));
  const look = (): void => {
    for (const ones of direct) ones.closeIdle(lingerMs);
    connections.closeSilent(Math.max(lingerMs, lookMs));
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
