import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections on which nothing has been sent yet. Node takes them for busy, so that closing the server would wait
 * for clients that connect ahead of their requests, as browsers and pools do.
 */
export interface SilentConnections {
  /** Ends those that are still silent. */
  close(): void;
}

/** Watches the connections of a server that is not listening yet. */
export function watchSilentConnections(server: Server): SilentConnections {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    close: () => {
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}
