import type { Signature } from '../../model/signature.ts';
import type { DecodedRequest } from '../decoded-request.ts';
import type { DecodeOptions } from '../decode-options.ts';
import type { ThreadReply } from './thread-reply.ts';

/** What a thread is started with. The bytes are its own. */
export interface BodyCall {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly signature: Signature | null;
  readonly options: DecodeOptions;
}

/** What it says before it ends. */
export type BodyReply = ThreadReply<DecodedRequest>;
