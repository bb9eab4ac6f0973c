/** Raw scores of rows: the part of scoring that differs between plain and linear trees. */
import {
  createEnsembleKernel,
  type EnsembleKernel,
  type FillRows,
  type TreeRange,
} from '../../trees/ensemble-kernel.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { linearScores } from './linear-scores.ts';

/** Which rows are to be scored, with which iterations. */
export interface ScoreRequest {
  readonly rowCount: number;
  readonly fill: FillRows;
  readonly signal: AbortSignal;
  /** First iteration; default: 0. Values outside of the model are moved to its ends. */
  readonly startIteration?: number;
  /** Number of iterations; 0 or less means all that follow. Default: all. */
  readonly iterationCount?: number;
}

/** Computes raw scores [rows × outputs], the mean of the iterations already taken where the model has it. */
export interface ScoreSource {
  scores(request: ScoreRequest): Float64Array | Promise<Float64Array>;
  close(): Promise<void>;
}

/** Rows that are scored without leaving this thread; more go to the kernel's workers. */
const rowsAtOnce = 2048;

/**
 * Compiles a model.
 *
 * @param threads threads that big batches may use; default: the number of cores
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export function openScoreSource(model: LightgbmModel, threads?: number): ScoreSource {
  const kernel = createEnsembleKernel(
    {
      thresholdType: 'float64',
      comparison: '<=',
      sumType: 'float64',
      featureCount: model.featureCount,
      outputCount: model.outputCount,
      baseScore: new Float64Array(model.outputCount),
      categoryRange: 'int32',
      trees: model.trees,
    },
    threads === undefined ? {} : { threads },
  );
  return {
    scores: (request) => {
      const range = treesOf(model, request);
      const sums =
        model.linearLeaves.size > 0
          ? linearScores(model, kernel, request, range)
          : sumLeaves(kernel, request, range);
      if (!model.averageOutput) return sums;
      const iterations = (range.endTree - range.firstTree) / model.outputCount;
      return sums instanceof Promise
        ? sums.then((values) => divide(values, iterations))
        : divide(sums, iterations);
    },
    close: () => kernel.close(),
  };
}

/** Source: LightGBM 4.7 src/boosting/gbdt.h `InitPredict`. */
function treesOf(model: LightgbmModel, request: ScoreRequest): TreeRange {
  const total = model.trees.length / model.outputCount;
  const start = Math.min(Math.max(request.startIteration ?? 0, 0), total);
  const wanted = request.iterationCount ?? 0;
  const count = wanted > 0 ? Math.min(wanted, total - start) : total - start;
  return { firstTree: start * model.outputCount, endTree: (start + count) * model.outputCount };
}

function sumLeaves(
  kernel: EnsembleKernel,
  { rowCount, fill, signal }: ScoreRequest,
  range: TreeRange,
): Float64Array | Promise<Float64Array> {
  if (rowCount > rowsAtOnce) {
    return kernel.predictParallel(rowCount, fill, { range, signal }) as Promise<Float64Array>;
  }
  fill(kernel.rowBuffer(rowCount), 0, rowCount);
  return kernel.predict(rowCount, range) as Float64Array;
}

function divide(sums: Float64Array, count: number): Float64Array {
  for (let i = 0; i < sums.length; i += 1) sums[i] = (sums[i] as number) / count;
  return sums;
}
