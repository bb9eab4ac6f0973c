/** The inputs and outputs of a model as a caller sees them. */
import { elementTypes } from './element-types.ts';
import { invalidModelFile, notNative } from './invalid-model-file.ts';
import type { OnnxModel, OnnxNode, OnnxValue, TensorType } from './onnx-model.ts';
import { typeText } from './parse-type.ts';
import { zipLabels } from './zip-map.ts';

/** One input. */
export interface ModelInput {
  readonly name: string;
  readonly type: TensorType;
}

/** One output: a tensor, or the maps that a ZipMap at the end would make of one. */
export interface ModelOutput {
  readonly name: string;
  /** Keys of the maps; absent for a tensor. */
  readonly labels?: ZipLabels;
}

/** Keys of a ZipMap's dicts. */
export interface ZipLabels {
  /** Columns that the tensor must have. */
  readonly width: number;
  /** Each key once, in the order of the dict. */
  readonly keys: readonly string[];
  /** Column of each key; null where that is their order. */
  readonly columns: readonly number[] | null;
}

/** Everything that a call needs to know of a model. */
export interface ModelInterface {
  /** Inputs that a call must feed. */
  readonly inputs: readonly ModelInput[];
  /** Inputs with a default value in the file (IR version 4 and later). */
  readonly optionalInputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
}

/** IR version from which on an initializer of an input's name is its default; before, it is a constant. */
const overridableSince = 4;

/**
 * Finds what a call feeds and gets.
 * @throws MODEL_NOT_NATIVE for types that onnxruntime-node can't exchange, MODEL_FILE_INVALID
 */
export function readInterface(model: OnnxModel): ModelInterface {
  const { graph } = model;
  const constants = new Set([
    ...graph.initializers.map(({ name }) => name),
    ...graph.sparseInitializers,
  ]);
  const required = graph.inputs.filter(({ name }) => !constants.has(name));
  const optional = graph.inputs.filter(({ name }) => constants.has(name));
  if (required.length === 0) throw notNative('it has no inputs, which MLflow refuses');
  checkNames(graph.inputs, 'inputs');
  checkNames(graph.outputs, 'outputs');
  return {
    inputs: required.map((value) => ({ name: value.name, type: tensorType(value, 'input') })),
    optionalInputs:
      model.irVersion < overridableSince ? [] : optional.flatMap((value) => optionalInput(value)),
    outputs: graph.outputs.map((value) => readOutput(model, value)),
  };
}

/** The node at the end of the graph that makes maps of an output; undefined where none does. */
export function finalZipMap(model: OnnxModel, output: string): OnnxNode | undefined {
  return model.graph.nodes.find(
    (node) =>
      node.opType === 'ZipMap' && node.domain === 'ai.onnx.ml' && node.outputs[0] === output,
  );
}

function checkNames(values: readonly OnnxValue[], what: string): void {
  const names = new Set(values.map(({ name }) => name));
  if (names.size !== values.length || names.has('') || names.has('__proto__'))
    throw invalidModelFile(`the names of its ${what} are not unique`);
}

function optionalInput({ name, type }: OnnxValue): readonly ModelInput[] {
  return type.kind === 'tensor' ? [{ name, type }] : [];
}

function tensorType({ name, type }: OnnxValue, what: string): TensorType {
  const isExchanged =
    type.kind === 'tensor' && elementTypes.get(type.elementType)?.runtimeType !== undefined;
  if (isExchanged) return type;
  throw notNative(
    `its ${what} ${JSON.stringify(name)} is of type ${typeText(type)}; onnxruntime-node exchanges tensors of numbers, booleans and strings only`,
  );
}

function readOutput(model: OnnxModel, value: OnnxValue): ModelOutput {
  const { name, type } = value;
  const zipMap = type.kind === 'sequence' ? finalZipMap(model, name) : undefined;
  if (zipMap !== undefined && !isUsed(model, name)) return { name, labels: zipLabels(zipMap) };
  tensorType(value, 'output');
  return { name };
}

function isUsed(model: OnnxModel, name: string): boolean {
  return usesOf(model.graph.nodes).has(name);
}

/** Names that nodes read, those in the bodies of If, Loop and Scan included. */
function usesOf(nodes: readonly OnnxNode[]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: OnnxNode): void => {
    for (const name of node.inputs) names.add(name);
    for (const { graphs } of node.attributes.values())
      for (const graph of graphs) {
        for (const output of graph.outputs) names.add(output.name);
        graph.nodes.forEach(visit);
      }
  };
  nodes.forEach(visit);
  return names;
}
