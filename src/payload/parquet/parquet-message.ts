import type { Frame } from '../../data/frame.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { ErrorDetails } from '../../errors/slipway-error.ts';

/** What the thread is asked. The bytes are its own. */
export interface ParquetCall {
  readonly body: Uint8Array;
  readonly memoryBytes: number;
}

/** What the thread answers; `ready` once, after its start. */
export type ParquetReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'frame'; readonly frame: Frame }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: ErrorDetails;
    };
