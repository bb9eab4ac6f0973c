/** TensorProto → {@link OnnxTensor}, checked: its dimensions, its type and its data fit together. */
import { elementTypeName, elementTypes } from './element-types.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import type { ExternalData, OnnxTensor } from './onnx-model.ts';
import { FieldReader } from './read-fields.ts';

interface TensorFields {
  name: string;
  dataType: number;
  readonly dims: bigint[];
  /** Bytes of `raw_data`; null where the tensor has none. */
  rawBytes: number | null;
  /** Entries of the typed lists, by field number. */
  readonly counts: Map<number, number>;
  readonly external: Map<string, string>;
  isExternal: boolean;
}

/** Field of a typed list → size of an entry; 0 for a varint, -1 for a string. */
const dataFields: ReadonlyMap<number, 4 | 8 | 0 | -1> = new Map([
  [4, 4],
  [5, 0],
  [6, -1],
  [7, 0],
  [10, 8],
  [11, 0],
]);

/** Parses a TensorProto. @throws MODEL_FILE_INVALID */
export function parseTensor(bytes: Uint8Array): OnnxTensor {
  const found = readFields(bytes);
  const dims = found.dims.map((dim) => checkedDim(found.name, dim));
  const count = elementCount(found.name, dims);
  if (!found.isExternal) checkData(found, count);
  return {
    name: found.name,
    dataType: found.dataType,
    dims,
    bytes,
    external: found.isExternal ? parseExternal(found) : null,
  };
}

function readFields(bytes: Uint8Array): TensorFields {
  const found: TensorFields = {
    name: '',
    dataType: 0,
    dims: [],
    rawBytes: null,
    counts: new Map(),
    external: new Map(),
    isExternal: false,
  };
  const fields = new FieldReader(bytes);
  while (fields.next()) readField(fields, found);
  return found;
}

function readField(fields: FieldReader, found: TensorFields): void {
  const size = dataFields.get(fields.number);
  if (size !== undefined) {
    const before = found.counts.get(fields.number) ?? 0;
    found.counts.set(fields.number, before + countEntries(fields, size));
  } else if (fields.number === 1) fields.integersInto(found.dims);
  else if (fields.number === 2) found.dataType = fields.smallInteger();
  else if (fields.number === 3) throw invalidModelFile('a tensor has segments, which nobody reads');
  else if (fields.number === 8) found.name = fields.text();
  else if (fields.number === 9) found.rawBytes = fields.bytes().length;
  else if (fields.number === 13) readEntry(fields.bytes(), found.external);
  else if (fields.number === 14) found.isExternal = fields.integer() === 1n;
  else fields.skip();
}

function countEntries(fields: FieldReader, size: 4 | 8 | 0 | -1): number {
  if (size === 0) return fields.varintCount();
  if (size > 0) return fields.fixed(size as 4 | 8).length / size;
  fields.bytes();
  return 1;
}

function readEntry(bytes: Uint8Array, into: Map<string, string>): void {
  const fields = new FieldReader(bytes);
  let key = '';
  let value = '';
  while (fields.next()) {
    if (fields.number === 1) key = fields.text();
    else if (fields.number === 2) value = fields.text();
    else fields.skip();
  }
  into.set(key, value);
}

function checkedDim(name: string, dim: bigint): number {
  if (dim >= 0n && dim < 2n ** 40n) return Number(dim);
  throw invalidModelFile(`the tensor ${JSON.stringify(name)} has a dimension of ${dim}`);
}

function elementCount(name: string, dims: readonly number[]): number {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count < 2 ** 40) return count;
  throw invalidModelFile(`the tensor ${JSON.stringify(name)} has ${count} elements`);
}

/** ONNX's own rule: `raw_data` or one typed list, which holds every element. */
function checkData(found: TensorFields, count: number): void {
  const type = elementTypes.get(found.dataType);
  if (type === undefined)
    throw invalidModelFile(
      `the tensor ${JSON.stringify(found.name)} has the unknown element type ${found.dataType}`,
    );
  const lists = Array.from(found.counts).filter(([, entries]) => entries > 0);
  if (lists.length + (found.rawBytes === null ? 0 : 1) > 1 && count > 0)
    throw invalidModelFile(`the tensor ${JSON.stringify(found.name)} has its data twice`);
  const fits =
    found.rawBytes === null
      ? listFits(found.dataType, type.bits, lists, count)
      : type.bits > 0 && found.rawBytes === Math.ceil((count * type.bits) / 8);
  if (fits) return;
  throw invalidModelFile(
    `the tensor ${JSON.stringify(found.name)} does not hold its ${count} elements of type ${elementTypeName(found.dataType)}`,
  );
}

function listFits(
  dataType: number,
  bits: number,
  lists: readonly (readonly [number, number])[],
  count: number,
): boolean {
  if (count === 0) return lists.length === 0;
  const [field, entries] = lists[0] ?? [0, 0];
  return field === listField(dataType) && entries === listEntries(dataType, bits, count);
}

/** The typed list that holds elements of a type. Source: onnx.proto of ONNX 1.23. */
function listField(dataType: number): number {
  if (dataType === 1 || dataType === 14) return 4;
  if (dataType === 8) return 6;
  if (dataType === 7) return 7;
  if (dataType === 11 || dataType === 15) return 10;
  return dataType === 12 || dataType === 13 ? 11 : 5;
}

function listEntries(dataType: number, bits: number, count: number): number {
  if (dataType === 14 || dataType === 15) return count * 2;
  return bits > 0 && bits < 8 ? Math.ceil((count * bits) / 8) : count;
}

function parseExternal(found: TensorFields): ExternalData {
  const location = found.external.get('location') ?? '';
  if (location === '')
    throw invalidModelFile(
      `the tensor ${JSON.stringify(found.name)} is external and names no file`,
    );
  const length = found.external.get('length');
  return {
    location,
    offset: parseSize(found.external.get('offset') ?? '0'),
    length: length === undefined ? null : parseSize(length),
  };
}

function parseSize(text: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw invalidModelFile(`an external tensor has the offset or length ${JSON.stringify(text)}`);
}
