import type { ErrorCode } from '../../errors/catalogue.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';

/** What a thread is started with. The bytes are its own. */
export interface ZstdCall {
  readonly body: Uint8Array;
  readonly limitBytes: number;
}

/** What it says before it ends. */
export type ZstdReply =
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    };
