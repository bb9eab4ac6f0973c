/** The numbers of a TensorProto as onnxruntime-node takes them. */
import { elementTypes, type RuntimeType } from './element-types.ts';
import type { TensorValues } from './load-runtime.ts';
import type { OnnxTensor } from './onnx-model.ts';
import { FieldReader } from './read-fields.ts';
import type { TensorParts } from './to-tensor.ts';

type NumberType = Exclude<RuntimeType, 'string'>;
type NumberArray = Exclude<TensorValues, readonly string[]>;

const arrays: Readonly<Record<NumberType, new (buffer: ArrayBuffer) => NumberArray>> = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
};

/** Copies the data of a tensor; null for one in another file, or of a type that the library can't exchange. */
export function decodeTensor(tensor: OnnxTensor): TensorParts | null {
  const type = elementTypes.get(tensor.dataType)?.runtimeType;
  if (type === undefined || tensor.external !== null) return null;
  if (type === 'string') return { type, data: readTexts(tensor.bytes), dims: tensor.dims };
  const count = tensor.dims.reduce((product, dim) => product * dim, 1);
  const raw = readRaw(tensor.bytes);
  const data =
    raw === null
      ? fromList(type, count, tensor.bytes)
      : new arrays[type](Uint8Array.from(raw).buffer);
  return { type, data, dims: tensor.dims };
}

function readTexts(bytes: Uint8Array): readonly string[] {
  const fields = new FieldReader(bytes);
  const texts: string[] = [];
  while (fields.next()) {
    if (fields.number === 6) texts.push(fields.text());
    else fields.skip();
  }
  return texts;
}

function readRaw(bytes: Uint8Array): Uint8Array | null {
  const fields = new FieldReader(bytes);
  let raw: Uint8Array | null = null;
  while (fields.next()) {
    if (fields.number === 9) raw = fields.bytes();
    else fields.skip();
  }
  return raw;
}

/** Floats stand in their list as bytes, everything else as integers. */
function fromList(type: NumberType, count: number, bytes: Uint8Array): NumberArray {
  const fields = new FieldReader(bytes);
  const integers: bigint[] = [];
  const parts: Uint8Array[] = [];
  while (fields.next()) {
    if (fields.number === 4) parts.push(fields.fixed(4));
    else if (fields.number === 10) parts.push(fields.fixed(8));
    else if (fields.number === 5 || fields.number === 7 || fields.number === 11)
      fields.integersInto(integers);
    else fields.skip();
  }
  if (type === 'float32' || type === 'float64')
    return new arrays[type](Uint8Array.from(Buffer.concat(parts)).buffer);
  const values = new arrays[type](new ArrayBuffer(count * bytesOf(type)));
  integers.forEach((value, i) => {
    values[i] = type === 'int64' || type === 'uint64' ? value : Number(value);
  });
  return values;
}

function bytesOf(type: NumberType): number {
  return new arrays[type](new ArrayBuffer(0)).BYTES_PER_ELEMENT;
}
