/** Inputs whose rows can stand below those of others: which they are, when two fit together, and joining them. */
import { type Frame, frame, isFrame } from '../data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../data/nd-array.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import { type DatetimeVector, type Vector } from '../data/vector.ts';
import { concatenateVectors } from '../payload/csv/merge-chunks.ts';

/** Input with rows. */
export type MergeableInput = Frame | NdArray;

/** True for a frame without an index, or an array, that has at least one row. */
export function isMergeable(input: ScoringInput): input is MergeableInput {
  if (isFrame(input)) {
    return input.index === undefined && input.rowCount > 0 && input.columns.length > 0;
  }
  return isNdArray(input) && input.data.values.length > 0 && input.shape.length > 0;
}

/** Rows of a frame, length of the first dimension of an array. */
export function rowCountOf(input: MergeableInput): number {
  return input.kind === 'frame' ? input.rowCount : (input.shape[0] ?? 0);
}

/** True where both have the same labels and dtypes, or the same dtype and shape of a row. */
export function haveSameLayout(a: MergeableInput, b: MergeableInput): boolean {
  if (a.kind === 'frame') return b.kind === 'frame' && haveSameColumns(a, b);
  if (b.kind === 'frame' || a.shape.length !== b.shape.length) return false;
  return haveSameDtype(a.data, b.data) && a.shape.every((n, at) => at === 0 || n === b.shape[at]);
}

function haveSameColumns({ columns }: Frame, other: Frame): boolean {
  if (columns.length !== other.columns.length) return false;
  return columns.every(({ label, data }, at) => {
    const column = other.columns[at]!;
    // Labels that are lists are never the same object, so frames with a MultiIndex are left apart.
    return label === column.label && haveSameDtype(data, column.data);
  });
}

function haveSameDtype(a: Vector, b: Vector): boolean {
  return a.dtype === b.dtype && (a as DatetimeVector).timeZone === (b as DatetimeVector).timeZone;
}

/** Puts inputs of the same layout below each other. */
export function joinInputs(inputs: readonly MergeableInput[]): MergeableInput {
  const [first] = inputs;
  if (first?.kind === 'array') {
    const arrays = inputs as readonly NdArray[];
    const data = concatenateVectors(arrays.map((array) => array.data));
    return ndArray(data, [totalRows(inputs), ...first.shape.slice(1)]);
  }
  const frames = inputs as readonly Frame[];
  const columns = (first?.columns ?? []).map(({ label }, at) => ({
    label,
    data: concatenateVectors(frames.map((one) => one.columns[at]!.data)),
  }));
  return frame(columns, totalRows(inputs));
}

function totalRows(inputs: readonly MergeableInput[]): number {
  return inputs.reduce((sum, input) => sum + rowCountOf(input), 0);
}
