/** Raw values of rows: sums of leaves, then scale and bias. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BinnedKernel } from '../../trees/oblivious/binned-kernel.ts';
import type { CatboostModel } from './catboost-model.ts';
import { type FeatureColumns, fillRows } from './fill-rows.ts';

/** Most rows of one call of the kernel, and most bytes of its result; they bound its memory. */
const rowsPerBlock = 4096;
const bytesPerBlock = 8 * 2 ** 20;
/** Calls of the kernel before other work gets its turn. */
const blocksPerTurn = 4;

/** Computes raw values [rowCount × outputs], one row after the other. Rejects with the signal's reason. */
export async function rawValues(
  model: CatboostModel,
  kernel: BinnedKernel,
  columns: FeatureColumns,
  rowCount: number,
  signal: AbortSignal,
): Promise<Float64Array> {
  const { outputCount } = model;
  const blockRows = Math.max(
    1,
    Math.min(rowsPerBlock, Math.floor(bytesPerBlock / (outputCount * 8))),
  );
  if (rowCount <= blockRows) {
    fillRows(columns, kernel.rowBuffer(rowCount), 0, rowCount);
    return scaleAndShift(model, kernel.predict(rowCount));
  }
  const values = new Float64Array(rowCount * outputCount);
  for (let first = 0, block = 1; first < rowCount; first += blockRows, block += 1) {
    if (block % blocksPerTurn === 0) await nextTurn();
    signal.throwIfAborted();
    const taken = Math.min(blockRows, rowCount - first);
    fillRows(columns, kernel.rowBuffer(taken), first, taken);
    kernel.predict(taken, values, first * outputCount);
  }
  return scaleAndShift(model, values);
}

/** In place. Source: CatBoost 1.2 scale_and_bias.cpp `ApplyScaleAndBias`. */
function scaleAndShift({ scale, bias }: CatboostModel, values: Float64Array): Float64Array {
  const isShifted = bias.some((value) => value !== 0);
  if (scale === 1 && !isShifted) return values;
  const width = bias.length;
  for (let output = 0; output < width; output += 1) {
    const shift = bias[output] as number;
    for (let at = output; at < values.length; at += width) {
      const scaled = (values[at] as number) * scale;
      values[at] = isShifted ? scaled + shift : scaled;
    }
  }
  return values;
}
