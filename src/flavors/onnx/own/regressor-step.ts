/** TreeEnsembleRegressor. Source: onnxruntime 1.30 core/providers/cpu/ml/tree_ensemble_aggregator.h. */
import type { TreeEnsemble } from '../../../trees/tree-ensemble.ts';
import { readTreeAttributes } from '../tree-ensemble/read-tree-attributes.ts';
import { readTrees } from '../tree-ensemble/read-trees.ts';
import { toEnsemble } from '../tree-ensemble/to-ensemble.ts';
import { TreeSums } from '../tree-ensemble/tree-sums.ts';
import type { OpenStep, StepOptions, StepReader } from './own-step.ts';

interface Regressor {
  readonly ensemble: TreeEnsemble;
  /** Added to the sums, or to the means; one for each output, or none. */
  readonly baseValues: Float32Array;
  readonly isMean: boolean;
}

/** Sums and means without a transform. */
export const readTreeRegressor: StepReader = (node, { shapeOf }) => {
  const shape = shapeOf(node.inputs[0]);
  const [name] = node.outputs;
  if (node.domain !== 'ai.onnx.ml' || name === undefined || node.inputs.length !== 1) return null;
  if (shape?.type !== 'float32' || shape.width === null) return null;
  const attributes = readTreeAttributes(node, 'target');
  if (attributes === null) return null;
  const { aggregate, transform, baseValues, targetCount } = attributes;
  const isMean = aggregate === 'AVERAGE';
  if ((!isMean && aggregate !== 'SUM') || transform !== 'NONE' || targetCount < 1) return null;
  if (baseValues.length !== 0 && baseValues.length !== targetCount) return null;
  const trees = readTrees(attributes)?.trees;
  const sizes = { featureCount: shape.width, outputCount: targetCount };
  const ensemble = trees === undefined ? null : toEnsemble(attributes, trees, sizes);
  if (ensemble === null) return null;
  const regressor = { ensemble, baseValues, isMean };
  return {
    inputs: node.inputs,
    outputs: [{ name, shape: { type: 'float32', width: targetCount } }],
    open: (options) => openRegressor(regressor, options),
  };
};

function openRegressor(regressor: Regressor, options: StepOptions): OpenStep {
  const sums = new TreeSums(regressor.ensemble, regressor.ensemble.outputCount, options);
  return {
    run: ([rows], call) => {
      const pending = sums.of(rows as Float32Array, call);
      return pending instanceof Promise
        ? pending.then((all) => [finish(regressor, all)])
        : [finish(regressor, pending)];
    },
    close: () => sums.close(),
  };
}

function finish({ ensemble, baseValues, isMean }: Regressor, sums: Float32Array): Float32Array {
  const { trees, outputCount } = ensemble;
  if (isMean) for (let at = 0; at < sums.length; at++) sums[at] = sums[at]! / trees.length;
  if (baseValues.length > 0) {
    for (let at = 0; at < sums.length; at++) sums[at] = sums[at]! + baseValues[at % outputCount]!;
  }
  return sums;
}
