import { slipwayError, type SlipwayError } from '../../errors/slipway-error.ts';

/** Where in a CSV something is wrong. */
export interface CsvPlace {
  /** Data row, from 1. */
  readonly row?: number;
  readonly column?: string;
  readonly value?: string;
  /** Type that was expected there. */
  readonly expected?: string;
}

const stem =
  'Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid CSV-formatted ' +
  'Pandas DataFrame produced using the `pandas.DataFrame.to_csv()` method.';

const valueLimit = 200;

/**
 * An INVALID_INPUT error with MLflow's text and pandas' reason, and where it happened.
 * Source: mlflow/pyfunc/scoring_server parse_csv_input 3.17.2.
 */
export function csvError(reason: string, place: CsvPlace = {}, cause?: unknown): SlipwayError {
  const words = describe(place);
  return slipwayError('INVALID_INPUT', `${stem} Error: '${reason}'${words}`, {
    details: { ...place },
    cause,
  });
}

function describe(place: CsvPlace): string {
  const parts: string[] = [];
  if (place.row !== undefined) parts.push(`row ${place.row}`);
  if (place.column !== undefined) parts.push(`column '${place.column}'`);
  if (place.value !== undefined) parts.push(`value '${place.value.slice(0, valueLimit)}'`);
  if (place.expected !== undefined) parts.push(`expected ${place.expected}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
