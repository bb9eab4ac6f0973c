import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** An INVALID_INPUT error with MLflow's text. Source: mlflow parse_parquet_input 3.17.2. */
export function parquetError(reason: string, cause?: unknown): SlipwayError {
  return slipwayError(
    'INVALID_INPUT',
    'Failed to parse input as a Pandas DataFrame. Ensure that the input is a valid Parquet Pandas ' +
      `DataFrame produced using the \`pandas.DataFrame.to_parquet()\` method. Error: '${reason}'`,
    { cause },
  );
}
