/** Models that are one ensemble of trees and nothing else: those are scored by the kernel of `src/trees`. */
import { isSlipwayError } from '../../../errors/slipway-error.ts';
import type { TreeEnsemble } from '../../../trees/tree-ensemble.ts';
import { validateEnsemble } from '../../../trees/validate-ensemble.ts';
import type { ModelInterface } from '../model-interface.ts';
import type { OnnxModel, OnnxNode } from '../onnx-model.ts';
import { readTrees } from './read-trees.ts';
import { readTreeAttributes, type TreeAttributes } from './read-tree-attributes.ts';

/** A graph of one TreeEnsembleRegressor. */
export interface FoundEnsemble {
  readonly inputName: string;
  readonly outputName: string;
  readonly ensemble: TreeEnsemble;
  /** Added to the sums, or to the means; one for each output, or null. */
  readonly baseValues: Float32Array | null;
  readonly isMean: boolean;
}

const float = 1;

const comparisons: Readonly<Record<string, TreeEnsemble['comparison']>> = {
  BRANCH_LEQ: '<=',
  BRANCH_LT: '<',
};

/** Null where anything in the model is out of the ordinary: onnxruntime then has the word. */
export function findTreeEnsemble(
  model: OnnxModel,
  { inputs, optionalInputs }: ModelInterface,
): FoundEnsemble | null {
  const { nodes, outputs, initializers } = model.graph;
  const [node, input, output] = [nodes[0], inputs[0], outputs[0]];
  if (node === undefined || input === undefined || output === undefined) return null;
  if (nodes.length + inputs.length + outputs.length > 3) return null;
  if (optionalInputs.length + initializers.length + model.functions.length > 0) return null;
  if (!isRegressor(node, input.name, output.name)) return null;
  const { elementType, shape } = input.type;
  const width = shape?.[1];
  if (elementType !== float || shape?.length !== 2 || typeof width !== 'number') return null;
  const attributes = readTreeAttributes(node);
  const ensemble = attributes && toEnsemble(attributes, width);
  if (attributes === null || ensemble === null) return null;
  return {
    inputName: input.name,
    outputName: output.name,
    ensemble,
    baseValues: attributes.baseValues.length === 0 ? null : attributes.baseValues,
    isMean: attributes.aggregate === 'AVERAGE',
  };
}

function isRegressor(node: OnnxNode, input: string, output: string): boolean {
  const { opType, domain, inputs, outputs } = node;
  if (opType !== 'TreeEnsembleRegressor' || domain !== 'ai.onnx.ml') return false;
  return inputs.length + outputs.length === 2 && inputs[0] === input && outputs[0] === output;
}

function toEnsemble(attributes: TreeAttributes, featureCount: number): TreeEnsemble | null {
  const { aggregate, transform, baseValues, targetCount, modes } = attributes;
  if (!['SUM', 'AVERAGE'].includes(aggregate) || transform !== 'NONE' || targetCount < 1)
    return null;
  if (baseValues.length !== 0 && baseValues.length !== targetCount) return null;
  const [mode = 'BRANCH_LEQ', ...otherModes] = new Set(modes.filter((one) => one !== 'LEAF'));
  const comparison = comparisons[mode];
  if (comparison === undefined || otherModes.length > 0) return null;
  const trees = readTrees(attributes);
  if (trees === null) return null;
  const ensemble: TreeEnsemble = {
    thresholdType: 'float32',
    comparison,
    sumType: 'float32',
    featureCount,
    outputCount: targetCount,
    baseScore: new Float64Array(targetCount),
    trees,
  };
  return isSound(ensemble) ? ensemble : null;
}

function isSound(ensemble: TreeEnsemble): boolean {
  try {
    validateEnsemble(ensemble);
    return true;
  } catch (error) {
    if (isSlipwayError(error)) return false;
    throw error;
  }
}
