/** The one error class of the project; instances are made only from the catalogue. */
import { type ErrorCode, type ErrorDefinition, errorCatalogue } from './catalogue.ts';
import { redactSecrets } from './redact-secrets.ts';

/** An expected failure. Anything else that is thrown is a bug. */
export class SlipwayError extends Error {
  override readonly name = 'SlipwayError';
  /** Key of the catalogue. */
  readonly code: ErrorCode;
  /** Machine-readable facts: row, column, value, expected type, path… */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(redactSecrets(message), cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  /** What the catalogue says of this code: statuses, exit code, whether a retry can help. */
  get definition(): ErrorDefinition {
    return errorCatalogue[this.code];
  }
}

/** Facts attached to an error. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Options of {@link slipwayError}. */
export interface SlipwayErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

/**
 * Makes an error of the catalogue. `message` says what failed, on what, and what to do.
 * Secrets in it are redacted.
 */
export function slipwayError(
  code: ErrorCode,
  message: string,
  options: SlipwayErrorOptions = {},
): SlipwayError {
  return new SlipwayError(code, message, options.details, options.cause);
}

/** True for an expected failure, with `code` if one is given. */
export function isSlipwayError(error: unknown, code?: ErrorCode): error is SlipwayError {
  return error instanceof SlipwayError && (code === undefined || error.code === code);
}
