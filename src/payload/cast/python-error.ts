/** Failures of a conversion, worded as the Python exception that MLflow quotes. */
import { isSlipwayError, type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { reprString } from '../../data/python-repr.ts';

/** Python exceptions that conversions raise. */
export type PythonErrorType =
  | 'ValueError'
  | 'TypeError'
  | 'OverflowError'
  | 'IntCastingNaNError'
  | 'UnicodeEncodeError'
  | 'IndexError'
  | 'AttributeError'
  | 'DateParseError'
  | 'OutOfBoundsDatetime'
  | 'Error';

/** An INVALID_INPUT error whose message is the text of a Python exception; callers say where it happened. */
export function pythonError(type: PythonErrorType, text: string): SlipwayError {
  return slipwayError('INVALID_INPUT', text, { details: { pythonType: type } });
}

/** `repr` of the exception: `ValueError('…')`. */
export function describePythonError(error: SlipwayError): string {
  const type = error.details['pythonType'];
  const name = typeof type === 'string' ? type : 'MlflowException';
  return `${name}(${reprString(error.message)})`;
}

/** The error as a catalogue error; anything else is a bug and is thrown on. */
export function expectSlipwayError(error: unknown): SlipwayError {
  if (isSlipwayError(error)) return error;
  throw error;
}
