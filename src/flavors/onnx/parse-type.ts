/** TypeProto and ValueInfoProto → {@link OnnxValue}. */
import { elementTypeName } from './element-types.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import type { Dimension, OnnxValue, TensorType, ValueType } from './onnx-model.ts';
import { FieldReader, maxNesting } from './read-fields.ts';

const unknownType: ValueType = { kind: 'unknown', text: 'unknown' };

/** Parses a ValueInfoProto. @throws MODEL_FILE_INVALID */
export function parseValue(bytes: Uint8Array): OnnxValue {
  const fields = new FieldReader(bytes);
  let name = '';
  let type = unknownType;
  while (fields.next()) {
    if (fields.number === 1) name = fields.text();
    else if (fields.number === 2) type = parseType(fields.bytes(), 0);
    else fields.skip();
  }
  return { name, type };
}

/** Parses a TypeProto. @throws MODEL_FILE_INVALID */
export function parseType(bytes: Uint8Array, depth: number): ValueType {
  if (depth > maxNesting) throw invalidModelFile(`a type is nested deeper than ${maxNesting}`);
  const fields = new FieldReader(bytes);
  let type = unknownType;
  while (fields.next()) {
    const { number } = fields;
    if (number === 1) type = parseTensorType(fields.bytes());
    else if (number === 4) type = wrap('sequence', parseElement(fields.bytes(), depth));
    else if (number === 5) type = parseMap(fields.bytes(), depth);
    else if (number === 8)
      type = { kind: 'sparse tensor', text: `sparse_${typeText(parseTensorType(fields.bytes()))}` };
    else if (number === 9) type = wrap('optional', parseElement(fields.bytes(), depth));
    else fields.skip();
  }
  return type;
}

/** A type in the words of onnxruntime: `tensor(float)`, `seq(map(int64,tensor(float)))`. */
export function typeText(type: ValueType): string {
  return type.kind === 'tensor' ? `tensor(${elementTypeName(type.elementType)})` : type.text;
}

function wrap(kind: 'sequence' | 'optional', element: ValueType): ValueType {
  return { kind, text: `${kind === 'sequence' ? 'seq' : 'optional'}(${typeText(element)})` };
}

function parseElement(bytes: Uint8Array, depth: number): ValueType {
  const fields = new FieldReader(bytes);
  let element = unknownType;
  while (fields.next()) {
    if (fields.number === 1) element = parseType(fields.bytes(), depth + 1);
    else fields.skip();
  }
  return element;
}

function parseMap(bytes: Uint8Array, depth: number): ValueType {
  const fields = new FieldReader(bytes);
  let key = 0;
  let value = unknownType;
  while (fields.next()) {
    if (fields.number === 1) key = fields.smallInteger();
    else if (fields.number === 2) value = parseType(fields.bytes(), depth + 1);
    else fields.skip();
  }
  return { kind: 'map', text: `map(${elementTypeName(key)},${typeText(value)})` };
}

function parseTensorType(bytes: Uint8Array): TensorType {
  const fields = new FieldReader(bytes);
  let elementType = 0;
  let shape: Dimension[] | null = null;
  while (fields.next()) {
    if (fields.number === 1) elementType = fields.smallInteger();
    else if (fields.number === 2) shape = [...(shape ?? []), ...parseShape(fields.bytes())];
    else fields.skip();
  }
  return { kind: 'tensor', elementType, shape };
}

function parseShape(bytes: Uint8Array): Dimension[] {
  const fields = new FieldReader(bytes);
  const shape: Dimension[] = [];
  while (fields.next()) {
    if (fields.number === 1) shape.push(parseDimension(fields.bytes()));
    else fields.skip();
  }
  return shape;
}

function parseDimension(bytes: Uint8Array): Dimension {
  const fields = new FieldReader(bytes);
  let dimension: Dimension = null;
  while (fields.next()) {
    if (fields.number === 1) dimension = fields.smallInteger();
    else if (fields.number === 2) dimension = fields.text();
    else fields.skip();
  }
  return typeof dimension === 'number' && dimension < 0 ? null : dimension;
}
