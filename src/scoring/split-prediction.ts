/** The result of a merged call → the parts of those whose rows it scored. */
import { type Frame, frame, isFrame } from '../data/frame.ts';
import { isNdArray, type NdArray, ndArray } from '../data/nd-array.ts';
import { isPyList } from '../data/py-value.ts';
import type { Prediction } from '../data/scoring-data.ts';
import type { Vector } from '../data/vector.ts';

/**
 * Cuts a result by rows: an array whose first dimension, a frame or a list whose length is the sum of
 * `rowCounts`. Parts share the memory of the whole.
 *
 * @returns null for any other result: it does not say which part belongs to which row
 */
export function splitPrediction(
  prediction: Prediction,
  rowCounts: readonly number[],
): readonly Prediction[] | null {
  const total = rowCounts.reduce((sum, count) => sum + count, 0);
  if (rowsOf(prediction) !== total) return null;
  const cut = cutterOf(prediction);
  let from = 0;
  return rowCounts.map((count) => {
    const start = from;
    from += count;
    return cut(start, from);
  });
}

function rowsOf(prediction: Prediction): number | undefined {
  if (isFrame(prediction)) return prediction.rowCount;
  if (isNdArray(prediction)) return prediction.shape[0];
  return isPyList(prediction) ? prediction.length : undefined;
}

type Cut = (from: number, to: number) => Prediction;

function cutterOf(prediction: Prediction): Cut {
  if (isFrame(prediction)) return (from, to) => cutFrame(prediction, from, to);
  if (isNdArray(prediction)) return (from, to) => cutArray(prediction, from, to);
  return (from, to) => (prediction as readonly Prediction[]).slice(from, to);
}

function cutFrame({ columns, index }: Frame, from: number, to: number): Frame {
  const parts = columns.map(({ label, data }) => ({ label, data: cutVector(data, from, to) }));
  return frame(parts, to - from, index?.slice(from, to));
}

function cutArray({ data, shape }: NdArray, from: number, to: number): NdArray {
  const [, ...row] = shape;
  const size = row.reduce((product, length) => product * length, 1);
  return ndArray(cutVector(data, from * size, to * size), [to - from, ...row]);
}

function cutVector(vector: Vector, from: number, to: number): Vector {
  const { values } = vector;
  const part = 'subarray' in values ? values.subarray(from, to) : values.slice(from, to);
  return { ...vector, values: part } as Vector;
}
