/** Ensembles as ONNX models: one TreeEnsembleRegressor, or a TreeEnsembleClassifier as converters write it. */
import { bytesField, integerField, textField } from '../../src/flavors/onnx/write-fields.ts';
import type { Tree, TreeEnsemble } from '../../src/trees/tree-ensemble.ts';

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
  const node = nodeOf(
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
  const outputs = [value('Y', float, [null, ensemble.outputCount])];
  return modelOf([node], ensemble.featureCount, outputs);
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
  const classifier = nodeOf(
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
  const identity = Buffer.concat([
    textField(1, 'class'),
    textField(2, 'label'),
    textField(4, 'Identity'),
  ]);
  const normalizer = Buffer.concat([
    textField(1, 'raw'),
    textField(2, 'scores'),
    textField(4, 'Normalizer'),
    bytesField(5, attribute('norm', 3, [textField(4, 'L1')])),
    textField(7, 'ai.onnx.ml'),
  ]);
  const outputs = [
    value('label', areTexts ? string : int64, [null]),
    value('scores', float, [null, labels.length]),
  ];
  const nodes = [classifier, identity, ...(normalizes ? [normalizer] : [])];
  return modelOf(nodes, ensemble.featureCount, outputs);
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

function nodeOf(
  opType: string,
  outputs: readonly string[],
  attributes: readonly Uint8Array[],
): Uint8Array {
  return Buffer.concat([
    textField(1, 'X'),
    ...outputs.map((name) => textField(2, name)),
    textField(4, opType),
    ...attributes.map((bytes) => bytesField(5, bytes)),
    textField(7, 'ai.onnx.ml'),
  ]);
}

function modelOf(
  nodes: readonly Uint8Array[],
  featureCount: number,
  outputs: readonly Uint8Array[],
): Uint8Array {
  const graph = Buffer.concat([
    ...nodes.map((node) => bytesField(1, node)),
    textField(2, 'trees'),
    bytesField(11, value('X', float, [null, featureCount])),
    ...outputs.map((output) => bytesField(12, output)),
  ]);
  return Buffer.concat([
    integerField(1, 8),
    bytesField(7, graph),
    bytesField(8, integerField(2, 15)),
    bytesField(8, Buffer.concat([textField(1, 'ai.onnx.ml'), integerField(2, 3)])),
  ]);
}

function weightsOf({ trees, outputCount }: TreeEnsemble): readonly Weight[] {
  return trees.flatMap((tree, index) => leafWeights(tree, index, outputCount));
}

const [float, int64, string] = [1, 7, 8];

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

/** A tensor; null for any number of rows. */
function value(name: string, elementType: number, dims: readonly (number | null)[]): Uint8Array {
  const shape = Buffer.concat(
    dims.map((dim) => bytesField(1, dim === null ? textField(2, 'N') : integerField(1, dim))),
  );
  const type = bytesField(1, Buffer.concat([integerField(1, elementType), bytesField(2, shape)]));
  return Buffer.concat([textField(1, name), bytesField(2, type)]);
}

function texts(name: string, values: readonly string[]): Uint8Array {
  return attribute(
    name,
    8,
    values.map((text) => textField(9, text)),
  );
}

function ints(name: string, values: Ints): Uint8Array {
  return attribute(
    name,
    7,
    values.map((one) => integerField(8, one)),
  );
}

function floats(name: string, values: readonly number[]): Uint8Array {
  return attribute(name, 6, [bytesField(7, new Uint8Array(Float32Array.from(values).buffer))]);
}

function attribute(name: string, type: number, parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([textField(1, name), ...parts, integerField(20, type)]);
}
