/** What passes between a parent and its worker: a small JSON header and any number of byte buffers. */

/** One message. Headers are JSON; bulk data goes into the buffers, in order, uncopied where possible. */
export interface Message {
  readonly header: MessageHeader;
  readonly buffers: readonly Uint8Array[];
}

/** `type` says what the message is; `id` ties answers to the request. */
export interface MessageHeader {
  readonly type: string;
  readonly id?: number;
  readonly [field: string]: unknown;
}
