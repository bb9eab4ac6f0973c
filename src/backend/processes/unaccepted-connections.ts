/**
 * Connections that Node's cluster module would forget, so that their clients wait for ever
 * (lib/internal/cluster/round_robin_handle.js and primary.js, Node 20 to 24). Those that were handed to a process which ended before it
 * took them are given to another, as if the first had refused them. And a process that stops refuses what is on its way to
 * it: so first nothing more is handed to it, as if it had closed its ports, and then it is told that it may.
 */
import type { Worker } from 'node:cluster';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** What the cluster module sends along with a connection. */
interface HandOver {
  readonly cmd: 'NODE_CLUSTER';
  readonly act: 'newconn';
  readonly seq: number;
}

interface Closable {
  close(): void;
}

/** The answer to a process that opens a port: under `key` it shares that with others. */
interface OpenedPort {
  readonly cmd: 'NODE_CLUSTER';
  readonly ack: number;
  readonly key: string;
}

/** Longest wait for a process to take what was handed to it, in milliseconds. */
const mostWaitMs = 1000;
/** Turns of the event loop, a millisecond each, in which nothing was handed over. */
const enoughQuietTurns = 5;

/** Watches what is handed to a process. */
export interface UnacceptedConnections {
  /** Hands over nothing more; resolves when the process has taken what it was given. */
  stop(): Promise<void>;
  /** The process has ended: its connections go to others, or are closed where there is none. */
  giveBack(isAnybodyThere: boolean): void;
}

/** Begins to watch. */
export function watchHandOvers({ process: child }: Worker): UnacceptedConnections {
  const pending = new Map<number, Closable>();
  const keys = new Set<string>();
  let handedOver = 0;
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const [message, handle] = args;
    if (isHandOver(message) && isClosable(handle)) {
      pending.set(message.seq, handle);
      handedOver++;
    }
    if (isOpenedPort(message)) keys.add(message.key);
    return send(...args);
  };
  child.on('internalMessage', (message: { readonly ack?: number }) => {
    if (message.ack !== undefined) pending.delete(message.ack);
  });
  const closePorts = (): void => {
    for (const key of keys) {
      child.emit('internalMessage', { cmd: 'NODE_CLUSTER', act: 'close', key });
    }
  };
  return {
    async stop() {
      const latestMs = performance.now() + mostWaitMs;
      // As in src/server/stop-server.ts: nobody waits at the port then.
      for (let quietTurns = 0; quietTurns < enoughQuietTurns && performance.now() < latestMs;) {
        handedOver = 0;
        await sleep(1);
        await nextTurn();
        quietTurns = pending.size > 0 || handedOver > 0 ? 0 : quietTurns + 1;
      }
      closePorts();
    },
    giveBack(isAnybodyThere) {
      for (const [ack, handle] of Array.from(pending)) {
        if (isAnybodyThere) {
          child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted: false });
        } else {
          handle.close();
        }
      }
      pending.clear();
    },
  };
}

function isHandOver(message: unknown): message is HandOver {
  return (
    typeof message === 'object' &&
    message !== null &&
    'act' in message &&
    message.act === 'newconn' &&
    'seq' in message &&
    typeof message.seq === 'number'
  );
}

function isOpenedPort(message: unknown): message is OpenedPort {
  return (
    typeof message === 'object' &&
    message !== null &&
    'ack' in message &&
    'key' in message &&
    typeof message.key === 'string'
  );
}

function isClosable(handle: unknown): handle is Closable {
  return typeof handle === 'object' && handle !== null && 'close' in handle;
}
