import type { ThreadReply } from '../../payload/apart/thread-reply.ts';

/** What a thread is started with. The bytes are its own. */
export interface ZstdCall {
  readonly body: Uint8Array;
  readonly limitBytes: number;
}

/** What it says before it ends. */
export type ZstdReply = ThreadReply<Uint8Array>;
