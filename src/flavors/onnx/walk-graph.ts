/** Every node and tensor of a model: the main graph, the bodies of If, Loop and Scan, and functions. */
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from './onnx-model.ts';

/** All nodes, those of bodies after the node that has them. */
export function* everyNode(model: OnnxModel): Generator<OnnxNode> {
  yield* nodesOf(model.graph.nodes);
  for (const { nodes } of model.functions) yield* nodesOf(nodes);
}

/** All initializers and tensors of attributes. Sparse ones are not among them. */
export function* everyTensor(model: OnnxModel): Generator<OnnxTensor> {
  yield* model.graph.initializers;
  for (const node of everyNode(model)) {
    for (const { tensors, graphs } of node.attributes.values()) {
      yield* tensors;
      for (const { initializers } of graphs) yield* initializers;
    }
  }
}

function* nodesOf(nodes: readonly OnnxNode[]): Generator<OnnxNode> {
  for (const node of nodes) {
    yield node;
    for (const graph of bodiesOf(node)) yield* nodesOf(graph.nodes);
  }
}

/** Graphs in the attributes of a node. */
export function bodiesOf(node: OnnxNode): readonly OnnxGraph[] {
  return Array.from(node.attributes.values()).flatMap(({ graphs }) => graphs);
}
