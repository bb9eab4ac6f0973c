import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections on which nothing has been sent yet. Node takes them for busy, so that closing the server would wait
 * for clients that connect ahead of their requests, as browsers and pools do.
 */
export interface SilentConnections {
  /** Ends those that have been silent for longer than `olderThanMs`. */
  close(olderThanMs: number): void;
  /** Watches the connections of a server that is not listening yet. */
  watch(server: Server): void;
}

/** Makes the watch over the servers of one application. */
export function watchSilentConnections(): SilentConnections {
  const since = new Map<Socket, number>();
  return {
    watch: (server) => {
      server.on('connection', (socket) => {
        since.set(socket, performance.now());
        socket.once('close', () => since.delete(socket));
      });
    },
    close: (olderThanMs) => {
      const limitMs = performance.now() - olderThanMs;
      for (const [socket, atMs] of since) {
        if (socket.bytesRead === 0 && atMs <= limitMs) socket.destroy();
      }
    },
  };
}
