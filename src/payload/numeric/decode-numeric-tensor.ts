/** Quick decoder of rows of plain numbers for a signature of one tensor of floats; everything else is left to the general path. */
import { ndArray } from '../../data/nd-array.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { Signature, TensorSpec } from '../../model/signature.ts';
import { asBuffer } from './numbers-memory.ts';
import { closesEnvelope, readListEnvelope } from './read-envelope.ts';
import { type JsonRows, readJsonRows } from './read-json-rows.ts';

/**
 * Decodes `{"inputs": [[…], …]}` and `{"instances": [[…], …]}` to an array [rows × cells], as `np.array(rows, dtype)`
 * gives it: float64 or float32, null as NaN. A tensor with a name comes in a dict of that name. Null: the general path decides.
 */
export function decodeNumericTensor(body: Uint8Array, signature: Signature): ScoringInput | null {
  const spec = floatTensor(signature);
  if (spec === null) return null;
  const bytes = asBuffer(body);
  const envelope = readListEnvelope(bytes);
  if (envelope === null) return null;
  const rows = readJsonRows(bytes, envelope);
  if (rows === null || rows.rowCount === 0) return null;
  if (!closesEnvelope(bytes, rows.end, envelope)) return null;
  // An int64 is rounded to float32 once, a double twice.
  if (rows.hasBigInteger && spec.dtype === 'float32') return null;
  const array = ndArray(packRows(rows, spec.dtype), [rows.rowCount, rows.columns.length]);
  return spec.name === undefined ? array : new Map([[spec.name, array]]);
}

/** The only tensor of a signature; an empty name is a position to MLflow, which the general path knows about. */
function floatTensor({
  inputs,
  fromTypeHint,
}: Signature): (TensorSpec & { readonly dtype: 'float32' | 'float64' }) | null {
  if (inputs?.kind !== 'tensors' || fromTypeHint) return null;
  const [spec, ...others] = inputs.tensors;
  if (spec === undefined || others.length > 0 || spec.name === '') return null;
  const { dtype } = spec;
  return dtype === 'float32' || dtype === 'float64' ? { ...spec, dtype } : null;
}

function packRows(
  { columns, rowCount }: JsonRows,
  dtype: 'float32' | 'float64',
):
  | { readonly dtype: 'float32'; readonly values: Float32Array }
  | { readonly dtype: 'float64'; readonly values: Float64Array } {
  const length = rowCount * columns.length;
  if (dtype === 'float32') {
    return { dtype, values: transpose(columns, rowCount, new Float32Array(length)) };
  }
  return { dtype, values: transpose(columns, rowCount, new Float64Array(length)) };
}

function transpose<T extends Float32Array | Float64Array>(
  columns: readonly Float64Array[],
  rowCount: number,
  values: T,
): T {
  for (const [place, column] of columns.entries()) {
    for (let row = 0, at = place; row < rowCount; row++, at += columns.length) {
      values[at] = column[row] as number;
    }
  }
  return values;
}
