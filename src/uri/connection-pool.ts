/** Connections of protocols that do one thing at a time each: opened as they are needed, used again, closed together. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate } from './artifacts/gate.ts';
import { slipwayError } from '../errors/slipway-error.ts';

/** A pool of connections of type `T`. */
export interface ConnectionPool<T> {
  /**
   * Does `work` with a connection of its own; again with a new one where the connection broke.
   * @throws MODEL_FETCH_FAILED, and what `explain` makes of errors that last
   */
  use<R>(work: (connection: T) => Promise<R>, signal?: AbortSignal): Promise<R>;
  close(): void;
}

/** What is different from protocol to protocol. */
export interface ConnectionPoolParts<T> {
  /** Address for messages, without secrets. */
  readonly location: string;
  readonly open: () => Promise<T>;
  readonly end: (connection: T) => void;
  /** An error that no new connection changes, in words; null for one that may pass. */
  readonly explain: (error: unknown) => Error | null;
  readonly maxRetries: number;
  readonly backoffSeconds: number;
}

const width = 4;

/** Opens nothing yet. */
export function createConnectionPool<T>(parts: ConnectionPoolParts<T>): ConnectionPool<T> {
  const { location, open, end, explain, maxRetries, backoffSeconds } = parts;
  const idle: T[] = [];
  const gate = createGate(width);
  const attempt = async <R>(work: (connection: T) => Promise<R>): Promise<R> => {
    const connection = idle.pop() ?? (await open());
    try {
      const result = await work(connection);
      idle.push(connection);
      return result;
    } catch (error) {
      end(connection);
      throw error;
    }
  };
  return {
    use: (work, signal) =>
      gate(async () => {
        for (let retry = 0; ; retry++) {
          signal?.throwIfAborted();
          try {
            return await attempt(work);
          } catch (error) {
            signal?.throwIfAborted();
            const lasting = explain(error);
            if (lasting !== null) throw lasting;
            if (retry >= maxRetries) throw failure(location, retry + 1, error);
            const seconds = retry === 0 ? 0 : backoffSeconds * 2 ** retry;
            await sleep(1000 * seconds, undefined, signal === undefined ? {} : { signal });
          }
        }
      }),
    close: () => {
      for (const connection of idle.splice(0)) end(connection);
    },
  };
}

function failure(location: string, attempts: number, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return slipwayError(
    'MODEL_FETCH_FAILED',
    `${location} cannot be fetched after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${reason}`,
    { details: { location, attempts }, cause },
  );
}
