/** Errors in the form of the Open Inference Protocol: `{"error": "…"}`. */
import { isSlipwayError } from '../../errors/slipway-error.ts';
import type { Answer } from '../error-answer.ts';
import { asciiJsonString } from '../json-string.ts';

/** An answer of JSON. */
export function jsonAnswer(body: string): Answer {
  return { status: 200, contentType: 'application/json', body };
}

/** The answer to an error; a bug says nothing but its status. */
export function v2ErrorAnswer(error: unknown): Answer {
  if (!isSlipwayError(error)) return refusal(500, 'Internal Server Error');
  const status = statusOf(error);
  const retry = status === 503 && error.definition.retryable;
  return {
    ...refusal(status, error.message),
    ...(retry && { headers: { 'retry-after': '1' } }),
  };
}

/** An answer that refuses. */
export function refusal(status: number, message: string): Answer {
  return {
    status,
    contentType: 'application/json',
    body: `{"error": ${asciiJsonString(message)}}`,
  };
}

/** HTTP status of an error: that of the catalogue, but what a model raises has its own; 500 for a bug. */
export function statusOf(error: unknown): number {
  if (!isSlipwayError(error)) return 500;
  const { code, details, definition } = error;
  const status = code === 'MODEL_RAISED' ? Number(details['httpStatus']) : Number.NaN;
  return Number.isInteger(status) && status >= 400 && status <= 599
    ? status
    : definition.httpStatus;
}
