/** The rules of the cast, one target type each. Source: MLflow 3.17.2 utils/proto_json_utils.py; pandas 3.1 `astype`. */
import type { Dtype } from '../../data/dtype.ts';
import type { PyValue } from '../../data/py-value.ts';
import { pythonTypeName } from '../../data/python-repr.ts';
import type { Vector } from '../../data/vector.ts';
import { vectorValues } from '../../data/vector-values.ts';
import type { ScalarType, ValueType } from '../../model/signature.ts';
import { describeType } from '../../model/describe-signature.ts';
import { enforceValue, type Need } from '../../schema/enforce-value.ts';
import type { DecodeOptions } from '../decode-options.ts';
import { castVector } from './cast-vector.ts';
import { decodeBase64 } from './decode-base64.ts';
import { checkLenientCast, keepsNulls } from './lenient-rules.ts';
import type { RowCursor } from './pack-values.ts';
import { dtypeOfType } from '../../schema/numpy-types.ts';
import { pythonError } from './python-error.ts';
import { toDatetimes } from './to-datetimes.ts';

/** What a column is cast to. */
export type CastTarget =
  | { readonly kind: 'column'; readonly type: ValueType; readonly need: Need }
  | { readonly kind: 'tensor'; readonly dtype: Dtype | null; readonly dtypeName: string };

/** Casts one column; `cursor.row` tells where it failed. @throws INVALID_INPUT, SCHEMA_ENFORCEMENT_FAILED */
export function castTo(
  data: Vector,
  target: CastTarget,
  cursor: RowCursor,
  options: DecodeOptions,
): Vector {
  if (target.kind === 'tensor') return castToTensor(data, target, cursor);
  if (target.type.kind === 'scalar') {
    const { type } = target.type;
    // Enforcement lets an optional column keep its nulls when lenient.
    if (options.lenientTypes && target.need === 'optional' && keepsNulls(data, type)) return data;
    return castToScalar(data, type, cursor, options);
  }
  if (target.type.kind === 'any') return data;
  const { type, need } = target;
  return mapCells(data, cursor, (cell) => enforceValue(cell, type, need, options));
}

function castToScalar(
  data: Vector,
  type: ScalarType,
  cursor: RowCursor,
  options: DecodeOptions,
): Vector {
  if (options.lenientTypes) checkLenientCast(data, type, cursor);
  if (type === 'string') return data.dtype === 'str' ? data : castVector(data, 'object', cursor);
  if (type === 'binary') return mapCells(data, cursor, readBase64);
  if (type === 'datetime') return toDatetimes(data, cursor);
  return castVector(data, dtypeOfType[type], cursor);
}

/** `Series.map`: one function for every cell. */
function mapCells(data: Vector, cursor: RowCursor, convert: (cell: PyValue) => PyValue): Vector {
  // An empty column keeps its dtype.
  if (data.values.length === 0) return data;
  const values = vectorValues(data).map((cell, row) => {
    cursor.row = row;
    return convert(cell);
  });
  return { dtype: 'object', values };
}

function castToTensor(
  data: Vector,
  { dtype, dtypeName }: CastTarget & { kind: 'tensor' },
  cursor: RowCursor,
): Vector {
  if (dtype === 'bytes') return mapCells(data, cursor, readUtf8);
  if (data.values.length === 0) {
    throw pythonError('IndexError', 'single positional indexer is out-of-bounds');
  }
  // Lists in cells are whole tensors: enforcement converts them.
  if (data.dtype === 'object' && Array.isArray(data.values[0])) return data;
  if ((dtype === 'str' || dtype === 'object') && data.dtype === 'str') return data;
  if (dtype === null) throw pythonError('TypeError', `data type '${dtypeName}' is not supported`);
  // Enforcement refuses whatever comes of it: a Timestamp is no scalar of NumPy's.
  if (dtype.startsWith('datetime64')) return toDatetimes(data, cursor);
  return castVector(data, dtype, cursor);
}

function readBase64(cell: PyValue): Uint8Array {
  return decodeBase64(requireText(cell));
}

function readUtf8(cell: PyValue): Uint8Array {
  return new Uint8Array(Buffer.from(requireText(cell), 'utf8'));
}

function requireText(cell: PyValue): string {
  if (typeof cell !== 'string') {
    throw pythonError(
      'TypeError',
      `encoding without a string argument: got ${pythonTypeName(cell)}`,
    );
  }
  if (/\p{Surrogate}/u.test(cell)) {
    throw pythonError('UnicodeEncodeError', "'utf-8' codec can't encode: surrogates not allowed");
  }
  return cell;
}

/** Name of the target as MLflow prints it. */
export function describeTarget(target: CastTarget): string {
  if (target.kind === 'tensor') return target.dtypeName;
  if (target.type.kind !== 'scalar') return describeType(target.type);
  const dtype = dtypeOfType[target.type.type];
  return dtype === 'object' ? "<class 'object'>" : dtype;
}
