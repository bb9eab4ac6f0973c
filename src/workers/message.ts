/** What passes between a parent and its worker: a small JSON header and any number of byte buffers. */

/**
 * One message. Headers are JSON; bulk data goes into the buffers, in order, uncopied where possible.
 * Buffers to send must not change before they are sent; received ones begin at a multiple of 8 bytes
 * of their ArrayBuffer, so that arrays of numbers can be views of them.
 */
export interface Message {
  readonly header: MessageHeader;
  readonly buffers: readonly Uint8Array[];
}

/**
 * `type` says what the message is; `id`, which the pool gives out, ties answers to the request.
 * The field `buffers` is the frame's own.
 */
export interface MessageHeader {
  readonly type: string;
  readonly id?: number;
  readonly [field: string]: unknown;
}
