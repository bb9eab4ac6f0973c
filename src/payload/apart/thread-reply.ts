import type { ErrorCode } from '../../errors/catalogue.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';

/** What a thread that decodes a body says before it ends. */
export type ThreadReply<Decoded> =
  | { readonly kind: 'decoded'; readonly decoded: Decoded }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  /** A bug. */
  | { readonly kind: 'bug'; readonly text: string };
