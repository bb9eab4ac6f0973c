/** Hands the connections of shared ports to the processes that serve them, in turn; they wait while there is none. */
import type { Socket } from 'node:net';

/** What a connection speaks. */
export type Door = 'http' | 'grpc';

/** A connection that nothing has been read of. */
export interface Connection {
  readonly door: Door;
  readonly socket: Socket;
}

/** A process. */
export interface Taker {
  /** Sends it a connection; it is to say that it has taken it. */
  give(connection: Connection): void;
}

/**
 * Gives each process one connection at a time. Whoever computes is slow to take its own, so that the next ones go to
 * the others. What a process has not taken before it ends goes to another.
 */
export class ConnectionTurns {
  readonly #waiting: Connection[] = [];
  /** Those that can be given one; the next one first. */
  readonly #free = new Set<Taker>();
  readonly #given = new Map<Taker, Connection>();

  /** No connection waits, or is on its way. */
  get areOver(): boolean {
    return this.#waiting.length === 0 && this.#given.size === 0;
  }

  add(connection: Connection): void {
    this.#waiting.push(connection);
    this.#handOut();
  }

  /** A process takes connections from now on. */
  join(taker: Taker): void {
    this.#free.add(taker);
    this.#handOut();
  }

  /** It has taken the one that it was given: here it is closed. */
  noteTaken(taker: Taker): void {
    this.#given.get(taker)?.socket.destroy();
    this.#given.delete(taker);
    this.join(taker);
  }

  /** It has ended. */
  leave(taker: Taker): void {
    this.#free.delete(taker);
    const given = this.#given.get(taker);
    this.#given.delete(taker);
    if (given === undefined) return;
    this.#waiting.unshift(given);
    this.#handOut();
  }

  /** Closes those that wait. */
  closeWaiting(): void {
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
  }

  #handOut(): void {
    for (const taker of this.#free) {
      const connection = this.#waiting.shift();
      if (connection === undefined) return;
      this.#free.delete(taker);
      this.#given.set(taker, connection);
      taker.give(connection);
    }
  }
}
