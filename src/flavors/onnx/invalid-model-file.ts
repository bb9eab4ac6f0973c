import { type ErrorDetails, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** The error for a file that is not a valid ONNX model. */
export function invalidModelFile(reason: string, more: ErrorDetails = {}): SlipwayError {
  return slipwayError('MODEL_FILE_INVALID', `The ONNX model file is damaged: ${reason}.`, {
    details: { reason, ...more },
  });
}

/** The error for a model that only Python can score as MLflow does. */
export function notNative(reason: string): SlipwayError {
  return slipwayError('MODEL_NOT_NATIVE', `The ONNX model can't be scored natively: ${reason}.`, {
    details: { reason },
  });
}

/** The error of a call that the model refuses. */
export function refuseInput(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): SlipwayError {
  return slipwayError('PREDICT_FAILED', message, { details });
}

/** The error of a call for which MLflow's own wrapper raises an MlflowException without a code: a server error. */
export function refuseAsMlflow(
  message: string,
  details: Readonly<Record<string, unknown>>,
): SlipwayError {
  const wire = {
    mlflowCode: 'INTERNAL_ERROR',
    httpStatus: 500,
    sqlstate: 'XXM00',
    errorClass: 'CLIENT_INTERNAL_ERROR',
  };
  return slipwayError('MODEL_RAISED', message, { details: { ...details, ...wire } });
}
