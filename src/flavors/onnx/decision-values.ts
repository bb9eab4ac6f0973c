/** Thresholds of the tree ensembles that read a model's only input, for verification. */
import type { DecisionValues } from '../../contract/flavor-reader.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { readFloats, readIntegers } from './attribute-values.ts';
import { decodeTensor } from './decode-tensor.ts';
import { loadModel } from './load-model.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './onnx-model.ts';

/** Widest input whose columns are listed. */
const mostFeatures = 100_000;

/**
 * One entry a column where the model has one input of numbers with two dimensions; its values are those of the trees
 * that read the input itself. Empty for any other model.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function decisionValues(saved: SavedModel): Promise<readonly DecisionValues[]> {
  const { model, interface: described } = await loadModel(saved);
  const [input, ...others] = described.inputs;
  if (input === undefined || others.length > 0 || input.type.shape?.length !== 2) return [];
  const names = sameAs(model.graph, input.name);
  const trees = model.graph.nodes.filter(
    ({ opType, inputs }) => opType.startsWith('TreeEnsemble') && names.has(inputs[0] ?? ''),
  );
  const values = new Map<number, Set<number>>();
  for (const node of trees) collect(node, values);
  const declared = input.type.shape[1];
  const known = typeof declared === 'number' ? declared : Math.max(-1, ...values.keys()) + 1;
  const width = input.type.elementType === 11 ? 'float64' : 'float32';
  return Array.from({ length: Math.min(known, mostFeatures) }, (_, feature) => ({
    feature,
    width,
    values: [...(values.get(feature) ?? [])],
  }));
}

/** Names that hold the input, be it in another type. */
function sameAs(graph: OnnxGraph, input: string): ReadonlySet<string> {
  const names = new Set([input]);
  for (const { opType, inputs, outputs } of graph.nodes) {
    const isCopy = opType === 'Identity' || opType === 'Cast';
    if (isCopy && names.has(inputs[0] ?? '') && outputs[0] !== undefined) names.add(outputs[0]);
  }
  return names;
}

/** Source: ONNX 1.23 defs/traditionalml/defs.cc `TreeEnsemble`, `TreeEnsembleRegressor`, `TreeEnsembleClassifier`. */
function collect({ attributes }: OnnxNode, values: Map<number, Set<number>>): void {
  const ids = attributes.get('nodes_featureids');
  const features = ids === undefined ? [] : readIntegers(ids).map(Number);
  const thresholds = thresholdsOf(attributes);
  for (const [node, feature] of features.entries()) {
    const threshold = thresholds[node];
    if (threshold === undefined || feature < 0 || feature >= mostFeatures) continue;
    const of = values.get(feature);
    if (of === undefined) values.set(feature, new Set([threshold]));
    else of.add(threshold);
  }
}

function thresholdsOf(attributes: OnnxNode['attributes']): readonly number[] {
  const list = attributes.get('nodes_values');
  if (list !== undefined) return Array.from(readFloats(list));
  const tensor = (attributes.get('nodes_values_as_tensor') ?? attributes.get('nodes_splits'))
    ?.tensors[0];
  return tensor === undefined ? [] : numbersOf(tensor);
}

function numbersOf(tensor: OnnxTensor): readonly number[] {
  const decoded = decodeTensor(tensor);
  const isNumbers = decoded?.type === 'float32' || decoded?.type === 'float64';
  return isNumbers ? Array.from(decoded.data as Float64Array) : [];
}
