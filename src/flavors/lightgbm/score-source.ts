/** Raw scores of rows: the part of scoring that differs between plain and linear trees. */
import {
  createEnsembleKernel,
  type EnsembleKernel,
  type FillRows,
  type TreeRange,
} from '../../trees/ensemble-kernel.ts';
import { chooseIterations, type WantedIterations } from './choose-iterations.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { openLinearScores } from './linear-scores.ts';

/** Which rows are to be scored, with which iterations. */
export interface ScoreRequest extends WantedIterations {
  readonly rowCount: number;
  readonly fill: FillRows;
  readonly signal: AbortSignal;
}

/** Computes raw scores [rows × outputs]: sums, for averaging models too. */
export interface ScoreSource {
  scores(request: ScoreRequest): Float64Array | Promise<Float64Array>;
  close(): Promise<void>;
}

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
  const linear = model.linearLeaves.size > 0 ? openLinearScores(model, kernel) : null;
  return {
    scores: (request) => {
      const range = treesOf(model, request);
      return linear === null ? sumLeaves(kernel, request, range) : linear(request, range);
    },
    close: () => kernel.close(),
  };
}

function treesOf(model: LightgbmModel, request: ScoreRequest): TreeRange {
  const { start, count } = chooseIterations(model, request);
  return { firstTree: start * model.outputCount, endTree: (start + count) * model.outputCount };
}

function sumLeaves(
  kernel: EnsembleKernel,
  { rowCount, fill, signal }: ScoreRequest,
  range: TreeRange,
): Float64Array | Promise<Float64Array> {
  return kernel.score(rowCount, fill, { range, signal }) as Float64Array | Promise<Float64Array>;
}
