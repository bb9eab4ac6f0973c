/**
 * Casts the columns that a signature names, before enforcement: much laxer than enforcement itself.
 * Source: MLflow 3.17.2 utils/proto_json_utils.py `cast_df_types_according_to_schema`.
 */
import type { Column, Frame } from '../../data/frame.ts';
import { boundedRepr } from '../../data/bounded-repr.ts';
import type { Vector } from '../../data/vector.ts';
import { elementAt } from '../../data/vector-values.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import type { Schema } from '../../model/signature.ts';
import type { DecodeOptions } from '../decode-options.ts';
import { labelKey } from '../frame/labels.ts';
import { type CastTarget, castTo, describeTarget } from './cast-target.ts';
import type { RowCursor } from './pack-values.ts';
import { pairTargets } from './pair-targets.ts';
import { castVector } from './cast-vector.ts';
import { describePythonError, expectSlipwayError, pythonError } from './python-error.ts';

/** Casts; columns that the schema does not know stay. @throws INVALID_INPUT naming column, row, value and type */
export function castFrame(frame: Frame, schema: Schema, options: DecodeOptions): Frame {
  const columns = [...frame.columns];
  for (const { label, target } of pairTargets(frame, schema)) {
    const key = labelKey(label);
    const places = [...columns.keys()].filter((at) => labelKey(columns[at]?.label ?? '') === key);
    const use = places.length > 1 ? forEqualLabels(target) : castTo;
    for (const at of places) {
      const column = columns[at];
      if (column !== undefined) columns[at] = castColumn(column, target, options, use);
    }
  }
  return { ...frame, columns };
}

/** Columns of one label are a frame in pandas, which has no `dtype` and is not read as dates. */
function forEqualLabels(target: CastTarget): typeof castTo {
  return (data, _target, cursor, options) => {
    const name = describeTarget(target);
    if (name === 'datetime64[ns]') {
      throw pythonError('ValueError', 'to assemble mappings requires year, month and day');
    }
    if (
      target.kind === 'column' &&
      (target.type.kind !== 'scalar' || target.type.type === 'binary')
    ) {
      return castTo(data, target, cursor, options);
    }
    if (name === "<class 'object'>" || name === 'object' || name === 'str') {
      throw pythonError('AttributeError', "'DataFrame' object has no attribute 'dtype'");
    }
    return data.values.length > 0 &&
      target.kind === 'tensor' &&
      target.dtype !== null &&
      target.dtype !== 'bytes'
      ? castVector(data, target.dtype, cursor)
      : castTo(data, target, cursor, options);
  };
}

function castColumn(
  { label, data }: Column,
  target: CastTarget,
  options: DecodeOptions,
  use: typeof castTo,
): Column {
  const cursor = { row: -1 };
  try {
    return { label, data: use(data, target, cursor, options) };
  } catch (cause) {
    throw failedConversion({ label, data }, target, cursor, cause);
  }
}

function failedConversion(
  { label, data }: Column,
  target: CastTarget,
  { row }: RowCursor,
  cause: unknown,
): Error {
  const error = expectSlipwayError(cause);
  const expectedType = describeTarget(target);
  const column = String(label);
  const place = row < 0 ? {} : { row, value: describeCell(data, row) };
  const where = 'value' in place ? ` (row ${row}, value ${place.value})` : '';
  return slipwayError(
    'INVALID_INPUT',
    `Invalid input. Data is not compatible with model signature. Failed to convert column ${column} to type ` +
      `'${expectedType}'. Error: '${describePythonError(error)}'${where}`,
    { details: { column, expectedType, ...place }, cause },
  );
}

function describeCell(data: Vector, row: number): string {
  return row < data.values.length ? boundedRepr(elementAt(data, row), 100) : 'absent';
}
