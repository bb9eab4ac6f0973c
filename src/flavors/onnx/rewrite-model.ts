/** Changes to a model before onnxruntime-node sees it, made in memory: a final ZipMap goes, defaults of inputs may go. */
import { finalZipMap, type ModelInterface } from './model-interface.ts';
import type { OnnxModel } from './onnx-model.ts';
import { bytesField, editMessage, integerField, textField } from './write-fields.ts';

const graphField = 7;
const nodeField = 1;
const initializerField = 5;
const outputField = 12;
const floatElement = 1;

/**
 * The file with every final ZipMap passing its tensor on under the same name. The same bytes where there is none.
 */
export function withoutZipMaps(
  file: Uint8Array,
  model: OnnxModel,
  { outputs }: ModelInterface,
): Uint8Array {
  const zipped = new Set(outputs.flatMap(({ name, labels }) => (labels ? [name] : [])));
  if (zipped.size === 0) return file;
  const nodes = new Map<number, Uint8Array>();
  for (const name of zipped) {
    const node = finalZipMap(model, name);
    if (node !== undefined)
      nodes.set(model.graph.nodes.indexOf(node), identityNode(node.inputs[0] ?? '', name));
  }
  return editGraph(file, (number, ordinal) => {
    if (number === nodeField) return nodes.get(ordinal);
    const output = number === outputField ? model.graph.outputs[ordinal]?.name : undefined;
    return output !== undefined && zipped.has(output) ? floatValue(output) : undefined;
  });
}

/** The file without the default values of `names`, which become inputs that every call must feed. */
export function withoutDefaults(
  file: Uint8Array,
  model: OnnxModel,
  names: ReadonlySet<string>,
): Uint8Array {
  return editGraph(file, (number, ordinal) => {
    const name = number === initializerField ? model.graph.initializers[ordinal]?.name : undefined;
    return name !== undefined && names.has(name) ? null : undefined;
  });
}

function editGraph(
  file: Uint8Array,
  edit: (number: number, ordinal: number) => Uint8Array | null | undefined,
): Uint8Array {
  return editMessage(file, (number, _ordinal, bytes) =>
    number === graphField ? editMessage(bytes, edit) : undefined,
  );
}

/** NodeProto of an Identity. */
function identityNode(input: string, output: string): Uint8Array {
  return Buffer.concat([textField(1, input), textField(2, output), textField(4, 'Identity')]);
}

/** ValueInfoProto of a tensor(float) of any shape. */
function floatValue(name: string): Uint8Array {
  const type = bytesField(1, integerField(1, floatElement));
  return Buffer.concat([textField(1, name), bytesField(2, type)]);
}
