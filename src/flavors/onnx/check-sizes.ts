/** Sizes that a file declares and that the library would take memory for: refused before it is asked. */
import { readInteger, readIntegers } from './attribute-values.ts';
import type { Constants } from './constants.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { everyNode } from './walk-graph.ts';

/** Most elements that constants of a file may make of nothing: a gigabyte of floats. */
const maxElements = 2 ** 28;

/** Most operations that a model's functions may unfold to. */
const maxUnfolded = 1_000_000;

/** Outputs of a tree ensemble beyond its leaves' own. */
const maxSpareTargets = 4096;

/** Operation → input that holds sizes, whose product counts. */
const sizeInputs: Readonly<Record<string, number>> = {
  ConstantOfShape: 0,
  Expand: 1,
  Tile: 1,
  Reshape: 1,
  OneHot: 1,
  Resize: 3,
  Pad: 1,
};

/** @throws MODEL_FILE_INVALID */
export function checkSizes(model: OnnxModel, constants: Constants): void {
  for (const node of everyNode(model)) {
    if (node.domain === '') checkConstantSizes(node, constants);
    else checkTargets(node);
  }
  checkFunctions(model);
}

function checkConstantSizes(node: OnnxNode, constants: Constants): void {
  const input = sizeInputs[node.opType];
  if (input !== undefined) {
    for (const sizes of constants.numbers(node.inputs[input] ?? '')) {
      const product = sizes.reduce((total, size) => total * Math.max(1, Math.abs(size)), 1);
      if (!(product <= maxElements)) throw tooLarge(node, product);
    }
  }
  if (node.opType === 'Range') checkRange(node, constants);
}

function checkRange(node: OnnxNode, constants: Constants): void {
  const [starts, limits, deltas] = node.inputs.map((name) =>
    constants.numbers(name).map(([value = 0]) => value),
  );
  for (const start of starts ?? [])
    for (const limit of limits ?? [])
      for (const delta of deltas ?? []) {
        const count = Math.abs((limit - start) / delta);
        if (count > maxElements) throw tooLarge(node, count);
      }
}

/** Sums of a tree ensemble are kept for every target and row. */
function checkTargets({ opType, attributes }: OnnxNode): void {
  const declared = attributes.get('n_targets');
  if (declared === undefined || !opType.startsWith('TreeEnsemble')) return;
  const ids = attributes.get('target_ids') ?? attributes.get('leaf_targetids');
  const used = ids === undefined ? 0 : readIntegers(ids).length;
  const targets = readInteger(declared);
  if (targets <= BigInt(Math.max(used, maxSpareTargets))) return;
  throw invalidModelFile(`a tree ensemble has ${used} leaves and ${targets} targets`);
}

/** Functions that call functions: what they unfold to grows with the power of their depth. */
function checkFunctions({ functions, graph }: OnnxModel): void {
  const byName = new Map(functions.map((one) => [`${one.domain}:${one.name}`, one]));
  const sizes = new Map<string, number>();
  const sizeOf = (nodes: readonly OnnxNode[], path: ReadonlySet<string>): number => {
    let size = 0;
    for (const node of nodes) {
      const name = `${node.domain}:${node.opType}`;
      const called = byName.get(name);
      if (path.has(name)) throw invalidModelFile(`its function ${node.opType} calls itself`);
      if (called !== undefined && !sizes.has(name))
        sizes.set(name, sizeOf(called.nodes, new Set([...path, name])));
      size += 1 + (sizes.get(name) ?? 0);
      for (const { graphs } of node.attributes.values())
        for (const body of graphs) size += sizeOf(body.nodes, path);
    }
    if (size > maxUnfolded)
      throw invalidModelFile(`its functions unfold to more than ${maxUnfolded} operations`);
    return size;
  };
  if (functions.length > 0) sizeOf(graph.nodes, new Set());
}

function tooLarge({ opType }: OnnxNode, count: number): Error {
  return invalidModelFile(`an operation ${opType} is to make ${count} elements of a constant`);
}
