/** TreeEnsembleClassifier: trees whose leaves have weights of classes. */
import type { Tree, TreeEnsemble } from '../../../trees/tree-ensemble.ts';
import { readTreeAttributes, type TreeAttributes } from '../tree-ensemble/read-tree-attributes.ts';
import { readTrees, type TreesOfNode } from '../tree-ensemble/read-trees.ts';
import { toEnsemble } from '../tree-ensemble/to-ensemble.ts';
import { TreeSums } from '../tree-ensemble/tree-sums.ts';
import { chooseScoring, type ClassScoring } from './class-scores.ts';
import { type ClassLabels, labelsOf } from './class-labels.ts';
import type { OpenStep, StepOptions, StepReader } from './own-step.ts';
import { isPostTransform } from './post-transforms.ts';

interface Classifier {
  readonly ensemble: TreeEnsemble;
  readonly scoring: ClassScoring;
  readonly labels: ClassLabels;
  readonly classCount: number;
}

/** Classifiers of which every row gets a weight of each class that has any. */
export const readTreeClassifier: StepReader = (node, { shapeOf }) => {
  const shape = shapeOf(node.inputs[0]);
  const [label, scores] = node.outputs;
  if (node.domain !== 'ai.onnx.ml' || node.inputs.length !== 1) return null;
  if (label === undefined || scores === undefined) return null;
  if (shape?.type !== 'float32' || shape.width === null) return null;
  const attributes = readTreeAttributes(node, 'class');
  const classifier = attributes && toClassifier(attributes, shape.width);
  if (classifier === null) return null;
  const { labels, classCount } = classifier;
  return {
    inputs: node.inputs,
    outputs: [
      { name: label, shape: { type: labels.type, width: null } },
      { name: scores, shape: { type: 'float32', width: classCount } },
    ],
    open: (options) => openClassifier(classifier, options),
  };
};

function toClassifier(attributes: TreeAttributes, featureCount: number): Classifier | null {
  const { transform, baseValues, targetCount: classCount, weights } = attributes;
  const read = isPostTransform(transform) ? readTrees(attributes) : null;
  if (read === null || read.named.size !== read.certain.size || !isPostTransform(transform))
    return null;
  const isPositive = !weights.some((weight) => weight < 0);
  const { named } = read;
  const scoring = chooseScoring({ classCount, transform, baseValues, named, isPositive });
  if (scoring === null) return null;
  const outputCount = scoring.sumCount;
  const trees = outputCount === 1 ? read.trees.map(ofOneOutput) : read.trees;
  const ensemble = toEnsemble(attributes, trees, { featureCount, outputCount });
  if (ensemble === null) return null;
  return { ensemble, scoring, classCount, labels: classLabels(attributes, read) };
}

/** Where both classes have weights, onnxruntime gives 1 and 0 for integers, whatever the labels. */
function classLabels({ labels, targetCount }: TreeAttributes, { named }: TreesOfNode): ClassLabels {
  const areNumbers = typeof labels[0] === 'bigint';
  return labelsOf(areNumbers && targetCount === 2 && named.size === 2 ? [0n, 1n] : labels);
}

function ofOneOutput(tree: Tree): Tree {
  return { ...tree, output: 0 };
}

function openClassifier(
  { ensemble, scoring, labels, classCount }: Classifier,
  options: StepOptions,
): OpenStep {
  const sums = new TreeSums(ensemble, classCount, options);
  const finish = (all: Float32Array): readonly [ReturnType<ClassLabels['of']>, Float32Array] => {
    const { classes, scores } = scoring.finish(all);
    return [labels.of(classes), scores];
  };
  return {
    run: ([rows], call) => {
      const pending = sums.of(rows as Float32Array, call);
      return pending instanceof Promise ? pending.then(finish) : finish(pending);
    },
    close: () => sums.close(),
  };
}
