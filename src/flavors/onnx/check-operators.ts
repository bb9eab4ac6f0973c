/** Whether the operations of a model are those of this build of onnxruntime. */
import { notNative } from './invalid-model-file.ts';
import type { OnnxModel, OnnxNode } from './onnx-model.ts';
import { everyNode } from './walk-graph.ts';

/** Domains of onnxruntime 1.30's own operations → highest version that it knows. */
export const knownOpsets: ReadonlyMap<string, number> = new Map([
  ['', 26],
  ['ai.onnx.ml', 5],
  ['ai.onnx.training', 1],
  ['ai.onnx.preview.training', 1],
  ['com.microsoft', 1],
]);

/** Highest version of the file format that onnxruntime 1.30 reads. */
export const knownIrVersion: number = 13;

/** Operations whose answer is another one each time. */
export const randomOperations: ReadonlySet<string> = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** @throws MODEL_NOT_NATIVE for operations that this build does not have */
export function checkOperators(model: OnnxModel): void {
  if (model.irVersion > knownIrVersion)
    throw notNative(
      `its IR version is ${model.irVersion}; onnxruntime-node reads up to ${knownIrVersion}`,
    );
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}:${name}`));
  const opsets = [model.opsets, ...model.functions.map((one) => one.opsets)];
  for (const [domain, version] of opsets.flatMap((map) => Array.from(map))) {
    const known = knownOpsets.get(domain);
    if (known === undefined || version <= known) continue;
    throw notNative(
      `it needs version ${version} of the operations of ${domain || 'ai.onnx'}; onnxruntime-node has ${known}`,
    );
  }
  for (const node of everyNode(model)) checkNode(node, own);
}

function checkNode(node: OnnxNode, own: ReadonlySet<string>): void {
  if (own.has(`${node.domain}:${node.opType}`)) return;
  if (!knownOpsets.has(node.domain)) {
    throw notNative(
      `its operation ${node.opType} is of the domain ${node.domain}, which needs a library of its own`,
    );
  }
  if (node.domain === '' && randomOperations.has(node.opType))
    throw notNative(`its operation ${node.opType} draws random numbers`);
}
