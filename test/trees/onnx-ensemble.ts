/** Ensembles as ONNX models: one TreeEnsembleRegressor, or a TreeEnsembleClassifier as converters write it. */
import { integerField, textField } from '../../src/flavors/onnx/write-fields.ts';
import type { Tree, TreeEnsemble } from '../../src/trees/tree-ensemble.ts';
import {
  attribute,
  float,
  floats,
  int64,
  ints,
  modelOf,
  nodeOf,
  string,
  texts,
  valueOf,
} from './onnx-file.ts';

/** What a regressor says beyond its trees. */
export interface OnnxEnsembleOptions {
  readonly isMean: boolean;
  readonly baseValues: readonly number[];
}

/** What a classifier says beyond its trees. */
export interface OnnxClassifierOptions {
  readonly labels: readonly number[] | readonly string[];
  readonly baseValues: readonly number[];
  readonly transform: string;
  /** Class of an output of the ensemble. */
  readonly classOf: (output: number) => number;
  /** False for a weight that the file leaves out. */
  readonly keeps: (weight: number) => boolean;
  /** Operations behind the scores: `Normalizer`, or none. */
  readonly normalizes: boolean;
}

type Ints = readonly number[];

/** Bytes of a model of one TreeEnsembleRegressor; input `X` [any, features], output `Y`. */
export function onnxEnsemble(
  ensemble: TreeEnsemble,
  { isMean, baseValues }: OnnxEnsembleOptions,
): Uint8Array {
  const node = mlNode(
    'TreeEnsembleRegressor',
    ['Y'],
    [
      ...nodeAttributes(ensemble),
      ...weightAttributes('target', weightsOf(ensemble)),
      attribute('n_targets', 2, [integerField(3, ensemble.outputCount)]),
      ...(baseValues.length === 0 ? [] : [floats('base_values', baseValues)]),
      ...(isMean ? [attribute('aggregate_function', 3, [textField(4, 'AVERAGE')])] : []),
    ],
  );
  const outputs = [valueOf('Y', float, [null, ensemble.outputCount])];
  return modelOf({ nodes: [node], featureCount: ensemble.featureCount, outputs });
}

/**
 * Bytes of a model of one TreeEnsembleClassifier with what converters put behind it; input `X` [any, features], outputs
 * `label` and `scores`.
 */
export function onnxClassifier(
  ensemble: TreeEnsemble,
  { labels, baseValues, transform, classOf, keeps, normalizes }: OnnxClassifierOptions,
): Uint8Array {
  const weights = weightsOf(ensemble)
    .filter(([, , , weight]) => keeps(weight))
    .map(([tree, node, output, weight]): Weight => [tree, node, classOf(output), weight]);
  const areTexts = typeof labels[0] === 'string';
  const classifier = mlNode(
    'TreeEnsembleClassifier',
    ['class', normalizes ? 'raw' : 'scores'],
    [
      ...nodeAttributes(ensemble),
      ...weightAttributes('class', weights),
      areTexts
        ? texts('classlabels_strings', labels as readonly string[])
        : ints('classlabels_int64s', labels as readonly number[]),
      ...(baseValues.length === 0 ? [] : [floats('base_values', baseValues)]),
      attribute('post_transform', 3, [textField(4, transform)]),
    ],
  );
  const identity = nodeOf({ opType: 'Identity', inputs: ['class'], outputs: ['label'] });
  const normalizer = nodeOf({
    opType: 'Normalizer',
    inputs: ['raw'],
    outputs: ['scores'],
    attributes: [attribute('norm', 3, [textField(4, 'L1')])],
    domain,
  });
  const outputs = [
    valueOf('label', areTexts ? string : int64, [null]),
    valueOf('scores', float, [null, labels.length]),
  ];
  const nodes = [classifier, identity, ...(normalizes ? [normalizer] : [])];
  return modelOf({ nodes, featureCount: ensemble.featureCount, outputs });
}

const domain = 'ai.onnx.ml';

function mlNode(
  opType: string,
  outputs: readonly string[],
  attributes: readonly Uint8Array[],
): Uint8Array {
  return nodeOf({ opType, inputs: ['X'], outputs, attributes, domain });
}

function nodeAttributes({ trees, comparison }: TreeEnsemble): readonly Uint8Array[] {
  const mode = comparison === '<' ? 'BRANCH_LT' : 'BRANCH_LEQ';
  const ofNodes = (of: (tree: Tree, node: number, index: number) => number): Ints =>
    trees.flatMap((tree, index) => Array.from(tree.leftChild, (_, node) => of(tree, node, index)));
  const modes = trees.flatMap((tree) =>
    Array.from(tree.leftChild, (child) => (child < 0 ? 'LEAF' : mode)),
  );
  const lists: Readonly<Record<string, Ints>> = {
    nodes_treeids: ofNodes((_tree, _node, index) => index),
    nodes_nodeids: ofNodes((_tree, node) => node),
    nodes_featureids: ofNodes(({ feature }, node) => feature[node]!),
    nodes_truenodeids: ofNodes(({ leftChild }, node) => Math.max(0, leftChild[node]!)),
    nodes_falsenodeids: ofNodes(({ rightChild }, node) => Math.max(0, rightChild[node]!)),
    nodes_missing_value_tracks_true: ofNodes(({ defaultLeft }, node) => defaultLeft[node]!),
  };
  return [
    ...Object.entries(lists).map(([name, values]) => ints(name, values)),
    floats(
      'nodes_values',
      ofNodes(({ threshold }, node) => threshold[node]!),
    ),
    texts('nodes_modes', modes),
  ];
}

function weightAttributes(kind: string, weights: readonly Weight[]): readonly Uint8Array[] {
  return [
    ints(
      `${kind}_treeids`,
      weights.map(([tree]) => tree),
    ),
    ints(
      `${kind}_nodeids`,
      weights.map(([, node]) => node),
    ),
    ints(
      `${kind}_ids`,
      weights.map(([, , target]) => target),
    ),
    floats(
      `${kind}_weights`,
      weights.map(([, , , weight]) => weight),
    ),
  ];
}

function weightsOf({ trees, outputCount }: TreeEnsemble): readonly Weight[] {
  return trees.flatMap((tree, index) => leafWeights(tree, index, outputCount));
}

type Weight = readonly [tree: number, node: number, target: number, weight: number];

function leafWeights(tree: Tree, index: number, outputCount: number): readonly Weight[] {
  const width = tree.output === null ? outputCount : 1;
  return Array.from(tree.leftChild.entries())
    .filter(([, child]) => child < 0)
    .flatMap(([node]) =>
      Array.from({ length: width }, (_, target): Weight => [
        index,
        node,
        tree.output ?? target,
        tree.leafValue[node * width + target]!,
      ]),
    );
}
