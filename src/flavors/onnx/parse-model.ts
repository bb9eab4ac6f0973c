/** ModelProto → {@link OnnxModel}. Every message that onnxruntime follows is checked; nothing is executed. */
import { invalidModelFile } from './invalid-model-file.ts';
import type {
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './onnx-model.ts';
import { parseTensor } from './parse-tensor.ts';
import { parseType, parseValue } from './parse-type.ts';
import { FieldReader, maxNesting } from './read-fields.ts';

/** Parses the bytes of a model file. @throws MODEL_FILE_INVALID */
export function parseModel(bytes: Uint8Array): OnnxModel {
  const fields = new FieldReader(bytes);
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  let irVersion = 0;
  let graph: OnnxGraph | null = null;
  while (fields.next()) {
    if (fields.number === 1) irVersion = fields.smallInteger();
    else if (fields.number === 7) {
      if (graph !== null) throw invalidModelFile('it has two graphs');
      graph = parseGraph(fields.bytes(), 0);
    } else if (fields.number === 8) readOpset(fields.bytes(), opsets);
    else if (fields.number === 25) functions.push(parseFunction(fields.bytes()));
    else fields.skip();
  }
  if (graph === null) throw invalidModelFile('it has no graph');
  return { irVersion, opsets, graph, functions };
}

/** The ONNX domain has two names. */
function domainOf(text: string): string {
  return text === 'ai.onnx' ? '' : text;
}

function readOpset(bytes: Uint8Array, into: Map<string, number>): void {
  const fields = new FieldReader(bytes);
  let domain = '';
  let version = 0;
  while (fields.next()) {
    if (fields.number === 1) domain = domainOf(fields.text());
    else if (fields.number === 2) version = fields.smallInteger();
    else fields.skip();
  }
  into.set(domain, version);
}

function parseGraph(bytes: Uint8Array, depth: number): OnnxGraph {
  if (depth > maxNesting / 2) throw invalidModelFile('graphs are nested too deeply');
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const sparseInitializers: string[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const fields = new FieldReader(bytes);
  while (fields.next()) {
    if (fields.number === 1) nodes.push(parseNode(fields.bytes(), depth));
    else if (fields.number === 5) initializers.push(parseTensor(fields.bytes()));
    else if (fields.number === 11) inputs.push(parseValue(fields.bytes()));
    else if (fields.number === 12) outputs.push(parseValue(fields.bytes()));
    else if (fields.number === 13) parseValue(fields.bytes());
    else if (fields.number === 15) sparseInitializers.push(parseSparseTensor(fields.bytes()));
    else fields.skip();
  }
  return { nodes, initializers, sparseInitializers, inputs, outputs };
}

/** A SparseTensorProto; its values carry the name. */
function parseSparseTensor(bytes: Uint8Array): string {
  const fields = new FieldReader(bytes);
  let name = '';
  while (fields.next()) {
    if (fields.number === 1) ({ name } = parseTensor(fields.bytes()));
    else if (fields.number === 2) parseTensor(fields.bytes());
    else fields.skip();
  }
  return name;
}

function parseFunction(bytes: Uint8Array): OnnxFunction {
  const fields = new FieldReader(bytes);
  const opsets = new Map<string, number>();
  const nodes: OnnxNode[] = [];
  let name = '';
  let domain = '';
  while (fields.next()) {
    if (fields.number === 1) name = fields.text();
    else if (fields.number === 7) nodes.push(parseNode(fields.bytes(), 0));
    else if (fields.number === 9) readOpset(fields.bytes(), opsets);
    else if (fields.number === 10) domain = domainOf(fields.text());
    else if (fields.number === 11) parseAttribute(fields.bytes(), 0);
    else if (fields.number === 12) parseValue(fields.bytes());
    else fields.skip();
  }
  return { name, domain, opsets, nodes };
}

function parseNode(bytes: Uint8Array, depth: number): OnnxNode {
  const fields = new FieldReader(bytes);
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let opType = '';
  let domain = '';
  while (fields.next()) {
    if (fields.number === 1) inputs.push(fields.text());
    else if (fields.number === 2) outputs.push(fields.text());
    else if (fields.number === 4) opType = fields.text();
    else if (fields.number === 5) {
      const { name, attribute } = parseAttribute(fields.bytes(), depth);
      attributes.set(name, attribute);
    } else if (fields.number === 7) domain = domainOf(fields.text());
    else fields.skip();
  }
  return { opType, domain, inputs, outputs, attributes };
}

function parseAttribute(
  bytes: Uint8Array,
  depth: number,
): { readonly name: string; readonly attribute: OnnxAttribute } {
  const fields = new FieldReader(bytes);
  const tensors: OnnxTensor[] = [];
  const graphs: OnnxGraph[] = [];
  let name = '';
  let type = 0;
  while (fields.next()) {
    const { number } = fields;
    if (number === 1) name = fields.text();
    else if (number === 20) type = fields.smallInteger();
    else if (number === 5 || number === 10) tensors.push(parseTensor(fields.bytes()));
    else if (number === 6 || number === 11) graphs.push(parseGraph(fields.bytes(), depth + 1));
    else if (number === 7) fields.fixed(4);
    else if (number === 8) fields.varintCount();
    else if (number === 14 || number === 15) parseType(fields.bytes(), 0);
    else if (number === 22 || number === 23) parseSparseTensor(fields.bytes());
    else fields.skip();
  }
  return { name, attribute: { type, bytes, tensors, graphs } };
}
