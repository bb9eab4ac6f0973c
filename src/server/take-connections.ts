import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Listeners } from './listeners.ts';

/**
 * Has a server serve connections that another process accepted, without listening itself.
 *
 * @returns takes one of which nothing has been read
 */
export function takeConnections(
  server: Server,
  { connections, isSecure }: Pick<Listeners, 'connections' | 'isSecure'>,
): (socket: Socket) => void {
  // Node watches over the time limits of servers that listen.
  server.emit('listening');
  return (socket) => {
    // As Node's servers make their own: a client of HTTP may end its side before it is answered.
    socket.allowHalfOpen = !isSecure;
    if (connections.count < (server.maxConnections ?? Infinity)) server.emit('connection', socket);
    else socket.destroy();
  };
}
