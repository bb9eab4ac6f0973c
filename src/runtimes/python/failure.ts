/** The `error` message of a worker, checked. */
import { z } from 'zod';
import type { MessageHeader } from '../../workers/message.ts';

const schema = z.looseObject({
  stage: z.enum(['parse', 'predict', 'result']),
  error: z.string(),
  message: z.string(),
  traceback: z.string(),
  mlflow: z
    .looseObject({
      code: z.string(),
      status: z.number().int().min(400).max(599).catch(500),
      sqlstate: z.string().nullish().transform(orNull),
      class: z.string().nullish().transform(orNull),
    })
    .optional(),
});

function orNull(text: string | null | undefined): string | null {
  return text ?? null;
}

/** What failed: reading the request, the model (MLflow's enforcement before it included), writing its result. */
export interface Failure {
  readonly stage: 'parse' | 'predict' | 'result';
  /** Class of the exception. */
  readonly error: string;
  readonly message: string;
  /** The end of the traceback. */
  readonly traceback: string;
  /** For an MlflowException what it says of itself. */
  readonly mlflow: MlflowFailure | null;
}

/** Code, status and classes of an MlflowException; the last two are null before MLflow 3. */
export interface MlflowFailure {
  readonly code: string;
  readonly status: number;
  readonly sqlstate: string | null;
  readonly class: string | null;
}

/** Reads the header of an `error` message. */
export function readFailure(header: MessageHeader): Failure {
  const { stage, error, message, traceback, mlflow } = schema.parse(header);
  return { stage, error, message, traceback, mlflow: mlflow ?? null };
}
