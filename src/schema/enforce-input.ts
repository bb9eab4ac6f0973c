/** Enforces the inputs schema of a signature on decoded input. Source: MLflow 3.17.2 models/utils.py `_enforce_schema`. */
import { boundedStr } from '../data/bounded-repr.ts';
import { type Frame, frame, isFrame } from '../data/frame.ts';
import { inferVector } from '../data/infer-vector.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDatetime, isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import type { Vector } from '../data/vector.ts';
import { isSlipwayError, type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { Schema, Signature } from '../model/signature.ts';
import { describeSchema } from '../model/describe-signature.ts';
import { enforceColumns } from './enforce-columns.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { enforceTensors } from './enforce-tensors.ts';
import { frameFromArray } from './frame-from-array.ts';
import { frameFromDict } from './frame-from-dict.ts';
import { frameFromList } from './frame-from-list.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import { shortTypeName } from './short-type-name.ts';

export type { EnforceOptions } from './enforce-options.ts';

const halfPair = /\p{Surrogate}/u;

/**
 * Makes `data` fit the inputs schema, as MLflow does before predict: a schema of columns gives a frame, one of tensors
 * an array or a dict of arrays. Input without a schema, or whose signature comes from a type hint, passes as it is.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function enforceInput(
  data: ScoringInput,
  signature: Signature | null,
  options: EnforceOptions,
): ScoringInput {
  if (signature === null || signature.inputs === null || signature.fromTypeHint) return data;
  try {
    return enforceSchema(data, signature.inputs, options);
  } catch (error) {
    if (!isSlipwayError(error, 'SCHEMA_ENFORCEMENT_FAILED')) throw error;
    throw wrap(error, data, signature.inputs, options);
  }
}

function enforceSchema(data: ScoringInput, schema: Schema, options: EnforceOptions): ScoringInput {
  if (schema.kind === 'tensors') return enforceTensors(data, schema);
  return enforceColumns(toFrame(data, schema), schema, options);
}

type ColumnSchema = Extract<Schema, { kind: 'columns' }>;

function toFrame(data: PyValue, schema: ColumnSchema): Frame {
  if (isFrame(data)) return data;
  const made = makeFrame(data, schema);
  for (const { data: column } of made.columns) if (column.dtype === 'str') checkTexts(column);
  return made;
}

/** The texts of a pandas column are UTF-8. */
function checkTexts({ values }: Extract<Vector, { dtype: 'str' }>): void {
  if (values.some((text) => text !== null && halfPair.test(text))) {
    throw schemaMismatch("'utf-8' codec can't encode half of a surrogate pair");
  }
}

function makeFrame(data: PyValue, schema: ColumnSchema): Frame {
  if (isPyDict(data)) return frameFromDict(data, schema.columns);
  if (isNdArray(data)) return frameFromArray(data);
  if (isPyList(data)) return frameFromList(data);
  if (data !== null && !isPyDatetime(data)) return frame([{ label: 0, data: inferVector([data]) }]);
  throw schemaMismatch(`Expected input to be DataFrame. Found: ${shortTypeName(data)}`);
}

/** Data and schema stand in the message, cut at a bound, unless details are to be hidden. */
function wrap(
  error: SlipwayError,
  data: PyValue,
  schema: Schema,
  options: EnforceOptions,
): SlipwayError {
  if (options.hideDetails === true) {
    return slipwayError(
      'SCHEMA_ENFORCEMENT_FAILED',
      'Failed to enforce model input schema. Please check your input data.',
    );
  }
  const schemaText = `[${describeSchema(schema).join(', ')}]`;
  const shown = schemaText.length > 2000 ? `${schemaText.slice(0, 2000)}…` : schemaText;
  return slipwayError(
    'SCHEMA_ENFORCEMENT_FAILED',
    `Failed to enforce schema of data '${boundedStr(data)}' with schema '${shown}'. Error: ${error.message}`,
    { details: error.details, cause: error },
  );
}
