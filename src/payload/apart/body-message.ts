import type { ErrorCode } from '../../errors/catalogue.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';
import type { Signature } from '../../model/signature.ts';
import type { DecodedRequest } from '../decoded-request.ts';
import type { DecodeOptions } from '../decode-options.ts';

/** What a thread is started with. The bytes are its own. */
export interface BodyCall {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly signature: Signature | null;
  readonly options: DecodeOptions;
}

/** What it says before it ends. */
export type BodyReply =
  | { readonly kind: 'decoded'; readonly decoded: DecodedRequest }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  /** A bug. */
  | { readonly kind: 'bug'; readonly text: string };
