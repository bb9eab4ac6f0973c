/** One request on its way: waiting, running in a worker, or given up while the worker still works on it. */
import { setMaxListeners } from 'node:events';
import type { Message } from './message.ts';
import { WorkerRequestError } from './worker-pool-types.ts';

/** Who waits for the answer. `onItem` is there for streams. */
export interface CallReceiver {
  onItem?(message: Message, frameBytes: number): void;
  onEnd(message: Message): void;
  onError(error: unknown): void;
}

/** Where a call is told that its caller has gone. */
export interface CallOwner {
  onAbort(call: WorkerCall): void;
}

/** A call settles once. It listens to its signal itself, so that no closure is made for it. */
export class WorkerCall {
  readonly message: Message;
  readonly signal: AbortSignal;
  /** Given by the worker that runs it. */
  id = 0;
  readonly #receiver: CallReceiver;
  /** The pool while the call waits, then its worker. */
  #owner: CallOwner;
  #settled = false;

  constructor(message: Message, signal: AbortSignal, receiver: CallReceiver, owner: CallOwner) {
    this.message = message;
    this.signal = signal;
    this.#receiver = receiver;
    this.#owner = owner;
    // Many calls may share a signal; the warning of a leak would be wrong.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this);
  }

  get settled(): boolean {
    return this.#settled;
  }

  handOver(owner: CallOwner): void {
    this.#owner = owner;
  }

  item(message: Message, frameBytes: number): void {
    if (!this.#settled) this.#receiver.onItem?.(message, frameBytes);
  }

  end(message: Message): void {
    if (this.#settle()) this.#receiver.onEnd(message);
  }

  /** The worker's own `error` message. */
  refuse(reply: Message): void {
    this.fail(new WorkerRequestError(reply));
  }

  fail(error: unknown): void {
    if (this.#settle()) this.#receiver.onError(error);
  }

  /** The caller wants no answer any more. */
  abandon(reason: unknown): void {
    if (this.#settled) return;
    this.fail(reason);
    this.#owner.onAbort(this);
  }

  /** The signal's listener is the call itself. */
  handleEvent(): void {
    this.abandon(this.signal.reason);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.signal.removeEventListener('abort', this);
    return true;
  }
}
