/** Messages over a socket. What is sent in one turn of the event loop leaves in one system call. */
import type { Socket } from 'node:net';
import { encodeFrame } from './encode-frame.ts';
import { FrameDecoder } from './frame-decoder.ts';
import type { Message } from './message.ts';

/** Who is told of what comes. */
export interface ChannelListener {
  onMessage(message: Message, frameBytes: number): void;
  /** Something came that is not a message; nothing more is read. */
  onNonsense(error: unknown): void;
  /** The other side has closed, or the connection broke. */
  onClosed(): void;
}

/** One end of the connection between a parent and its worker. */
export class MessageChannel {
  readonly #socket: Socket;
  #corked = false;

  constructor(socket: Socket, listener: ChannelListener) {
    this.#socket = socket;
    const decoder = new FrameDecoder((message, frameBytes) => {
      listener.onMessage(message, frameBytes);
    });
    const onData = (chunk: Buffer): void => {
      try {
        decoder.push(chunk);
      } catch (error) {
        socket.off('data', onData);
        socket.resume();
        listener.onNonsense(error);
      }
    };
    socket.on('data', onData);
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => listener.onClosed());
  }

  /** Sends a message; without effect when the other side has gone. @throws WORKER_PROTOCOL when it is too long */
  send(message: Message): void {
    const pieces = encodeFrame(message);
    if (!this.#socket.writable) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(this.#uncork);
    }
    for (const piece of pieces) this.#socket.write(piece);
  }

  close(): void {
    this.#socket.destroy();
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.#socket.uncork();
  };
}
