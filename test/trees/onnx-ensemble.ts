/** An ensemble as an ONNX model: one TreeEnsembleRegressor and nothing else. */
import { bytesField, integerField, textField } from '../../src/flavors/onnx/write-fields.ts';
import type { Tree, TreeEnsemble } from '../../src/trees/tree-ensemble.ts';

/** What a model says beyond its trees. */
export interface OnnxEnsembleOptions {
  readonly isMean: boolean;
  readonly baseValues: readonly number[];
}

type Ints = readonly number[];

/** Bytes of the model; input `X` [any, features], output `Y`. */
export function onnxEnsemble(
  ensemble: TreeEnsemble,
  { isMean, baseValues }: OnnxEnsembleOptions,
): Uint8Array {
  const { trees, featureCount, outputCount, comparison } = ensemble;
  const mode = comparison === '<' ? 'BRANCH_LT' : 'BRANCH_LEQ';
  const ofNodes = (value: (tree: Tree, node: number, index: number) => number): Ints =>
    trees.flatMap((tree, index) =>
      Array.from(tree.leftChild, (_, node) => value(tree, node, index)),
    );
  const weights = trees.flatMap((tree, index) => leafWeights(tree, index, outputCount));
  const modes = trees.flatMap((tree) =>
    Array.from(tree.leftChild, (child) => (child < 0 ? 'LEAF' : mode)),
  );
  const attributes = [
    ints(
      'nodes_treeids',
      ofNodes((_tree, _node, index) => index),
    ),
    ints(
      'nodes_nodeids',
      ofNodes((_tree, node) => node),
    ),
    ints(
      'nodes_featureids',
      ofNodes(({ feature }, node) => feature[node]!),
    ),
    ints(
      'nodes_truenodeids',
      ofNodes(({ leftChild }, node) => Math.max(0, leftChild[node]!)),
    ),
    ints(
      'nodes_falsenodeids',
      ofNodes(({ rightChild }, node) => Math.max(0, rightChild[node]!)),
    ),
    ints(
      'nodes_missing_value_tracks_true',
      ofNodes(({ defaultLeft }, node) => defaultLeft[node]!),
    ),
    floats(
      'nodes_values',
      ofNodes(({ threshold }, node) => threshold[node]!),
    ),
    attribute(
      'nodes_modes',
      8,
      modes.map((text) => textField(9, text)),
    ),
    ints(
      'target_treeids',
      weights.map(([tree]) => tree),
    ),
    ints(
      'target_nodeids',
      weights.map(([, node]) => node),
    ),
    ints(
      'target_ids',
      weights.map(([, , target]) => target),
    ),
    floats(
      'target_weights',
      weights.map(([, , , weight]) => weight),
    ),
    attribute('n_targets', 2, [integerField(3, outputCount)]),
    ...(baseValues.length === 0 ? [] : [floats('base_values', baseValues)]),
    ...(isMean ? [attribute('aggregate_function', 3, [textField(4, 'AVERAGE')])] : []),
  ];
  const node = Buffer.concat([
    textField(1, 'X'),
    textField(2, 'Y'),
    textField(4, 'TreeEnsembleRegressor'),
    ...attributes.map((bytes) => bytesField(5, bytes)),
    textField(7, 'ai.onnx.ml'),
  ]);
  const graph = Buffer.concat([
    bytesField(1, node),
    textField(2, 'trees'),
    bytesField(11, table('X', featureCount)),
    bytesField(12, table('Y', outputCount)),
  ]);
  return Buffer.concat([
    integerField(1, 8),
    bytesField(7, graph),
    bytesField(8, integerField(2, 15)),
    bytesField(8, Buffer.concat([textField(1, 'ai.onnx.ml'), integerField(2, 3)])),
  ]);
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

/** A tensor of float32 with any number of rows. */
function table(name: string, width: number): Uint8Array {
  const rows = bytesField(1, textField(2, 'N'));
  const shape = Buffer.concat([rows, bytesField(1, integerField(1, width))]);
  const type = bytesField(1, Buffer.concat([integerField(1, 1), bytesField(2, shape)]));
  return Buffer.concat([textField(1, name), bytesField(2, type)]);
}

function ints(name: string, values: Ints): Uint8Array {
  return attribute(
    name,
    7,
    values.map((value) => integerField(8, value)),
  );
}

function floats(name: string, values: readonly number[]): Uint8Array {
  return attribute(name, 6, [bytesField(7, new Uint8Array(Float32Array.from(values).buffer))]);
}

function attribute(name: string, type: number, parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([textField(1, name), ...parts, integerField(20, type)]);
}
