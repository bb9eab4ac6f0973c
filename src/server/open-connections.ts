import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of the servers of one application. */
export class OpenConnections {
  readonly #since = new Map<Socket, number>();
  #onLast: () => void = () => undefined;

  /** How many there are. */
  get count(): number {
    return this.#since.size;
  }

  /** Watches the connections of a server that has none yet. */
  watch(server: Server): void {
    server.on('connection', (socket) => {
      this.#since.set(socket, performance.now());
      socket.once('close', () => {
        this.#since.delete(socket);
        if (this.#since.size === 0) this.#onLast();
      });
    });
  }

  /**
   * Ends those on which nothing has been sent for longer than `olderThanMs` since they began. Node takes them for busy, so
   * that closing the server would wait for clients that connect ahead of their requests, as browsers and pools do.
   */
  closeSilent(olderThanMs: number): void {
    const limitMs = performance.now() - olderThanMs;
    for (const [socket, atMs] of this.#since) {
      if (socket.bytesRead === 0 && atMs <= limitMs) socket.destroy();
    }
  }

  /** Resolves when there is none. Node's servers themselves know only of those that they have accepted. */
  closed(): Promise<void> {
    if (this.#since.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onLast = resolve;
    });
  }
}
