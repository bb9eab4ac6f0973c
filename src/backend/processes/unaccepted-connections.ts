/**
 * Connections that were handed to a process which ended before it took them. Node's cluster module forgets those, so
 * their clients would wait for ever (lib/internal/cluster/round_robin_handle.js, Node 20 to 24): here they are given to
 * another process, as if the first had refused them.
 */
import type { Worker } from 'node:cluster';

/** What the cluster module sends along with a connection. */
interface HandOver {
  readonly cmd: 'NODE_CLUSTER';
  readonly act: 'newconn';
  readonly seq: number;
}

interface Closable {
  close(): void;
}

/** Watches what is handed to a process. */
export interface UnacceptedConnections {
  /** The process has ended: its connections go to others, or are closed where there is none. */
  giveBack(isAnybodyThere: boolean): void;
}

/** Begins to watch. */
export function watchHandOvers({ process: child }: Worker): UnacceptedConnections {
  const pending = new Map<number, Closable>();
  const send = child.send.bind(child) as (...args: unknown[]) => boolean;
  child.send = (...args: unknown[]): boolean => {
    const [message, handle] = args;
    if (isHandOver(message) && isClosable(handle)) pending.set(message.seq, handle);
    return send(...args);
  };
  child.on('internalMessage', (message: { readonly ack?: number }) => {
    if (message.ack !== undefined) pending.delete(message.ack);
  });
  return {
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

function isClosable(handle: unknown): handle is Closable {
  return typeof handle === 'object' && handle !== null && 'close' in handle;
}
