/** Margins of rows: the part of scoring that differs between tree and linear boosters. */
import {
  createEnsembleKernel,
  type EnsembleKernel,
  type FillRows,
} from '../../trees/ensemble-kernel.ts';
import type { BoosterModel, TreeBooster } from './booster-model.ts';
import { linearMargins } from './linear-margins.ts';
import { checkLinearRange, resolveTrees } from './round-range.ts';

/** Options of {@link MarginSource.margins}. */
export interface MarginRequest {
  readonly rowCount: number;
  readonly fill: FillRows;
  readonly rounds: readonly [number, number];
  readonly signal: AbortSignal;
}

/** Computes margins [rows × outputs], float32. */
export interface MarginSource {
  margins(request: MarginRequest): Float32Array | Promise<Float32Array>;
  /** Node numbers of the leaves reached, [rows × trees]. @throws PREDICT_FAILED */
  leaves(request: MarginRequest): Int32Array;
  close(): Promise<void>;
}

/** Options of {@link openMarginSource}. */
export interface MarginSourceOptions {
  readonly threads?: number;
  /** True for `inplace_predict`, where dart adds its trees in another order of operations. */
  readonly inplace: boolean;
}

/** Compiles a model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export function openMarginSource(model: BoosterModel, options: MarginSourceOptions): MarginSource {
  const { booster } = model;
  if (booster.kind === 'gblinear') {
    return {
      margins: (request) => {
        checkLinearRange(request.rounds);
        return linearMargins(model, booster, request);
      },
      leaves: (): never => checkLinearRange('leaf'),
      close: () => Promise.resolve(),
    };
  }
  const kernel = createEnsembleKernel(
    {
      thresholdType: 'float32',
      comparison: '<',
      sumType: 'float32',
      featureCount: model.featureCount,
      outputCount: model.outputCount,
      baseScore: Float64Array.from(model.baseMargin),
      trees: booster.trees,
      weighting: options.inplace ? 'rebased' : 'scaled',
    },
    options.threads === undefined ? {} : { threads: options.threads },
  );
  return treeMargins(kernel, booster, options.inplace && booster.kind === 'dart');
}

function treeMargins(
  kernel: EnsembleKernel,
  booster: TreeBooster,
  refuseNoTrees: boolean,
): MarginSource {
  return {
    margins: ({ rowCount, fill, rounds, signal }) => {
      const range = resolveTrees(booster, rounds, { refuseNoTrees: refuseNoTrees && rowCount > 0 });
      return kernel.score(rowCount, fill, { range, signal }) as
        | Float32Array
        | Promise<Float32Array>;
    },
    leaves: ({ rowCount, fill, rounds }) => {
      const range = resolveTrees(booster, rounds, { fromStart: true });
      fill(kernel.rowBuffer(rowCount), 0, rowCount);
      return kernel.predictLeaves(rowCount, range);
    },
    close: () => kernel.close(),
  };
}
