/** Element types of tensors: their number in a file, their name in NumPy, in onnxruntime and in ONNX's messages. */
import type { Dtype } from '../../data/dtype.ts';

/** One element type of `TensorProto.DataType`. */
export interface ElementType {
  /** Name in messages of onnxruntime: `tensor(float)`. */
  readonly name: string;
  /** Size of an element in bits; 0 for strings, which have none. */
  readonly bits: number;
  /** Type of a vector that holds such elements; absent where onnxruntime-node can't exchange them. */
  readonly dtype?: Dtype;
  /** Name in onnxruntime-node. */
  readonly runtimeType?: RuntimeType;
}

/** Element types that onnxruntime-node takes and gives. */
export type RuntimeType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64';

const both = <Name extends RuntimeType & Dtype>(
  name: string,
  bits: number,
  dtype: Name,
): ElementType => ({
  name,
  bits,
  dtype,
  runtimeType: dtype,
});

/** `TensorProto.DataType` → element type. Source: onnx.proto of ONNX 1.23. */
export const elementTypes: ReadonlyMap<number, ElementType> = new Map([
  [1, both('float', 32, 'float32')],
  [2, both('uint8', 8, 'uint8')],
  [3, both('int8', 8, 'int8')],
  [4, both('uint16', 16, 'uint16')],
  [5, both('int16', 16, 'int16')],
  [6, both('int32', 32, 'int32')],
  [7, both('int64', 64, 'int64')],
  [8, { name: 'string', bits: 0, dtype: 'object', runtimeType: 'string' }],
  [9, both('bool', 8, 'bool')],
  [10, both('float16', 16, 'float16')],
  [11, both('double', 64, 'float64')],
  [12, both('uint32', 32, 'uint32')],
  [13, both('uint64', 64, 'uint64')],
  [14, { name: 'complex64', bits: 64 }],
  [15, { name: 'complex128', bits: 128 }],
  [16, { name: 'bfloat16', bits: 16 }],
  [17, { name: 'float8e4m3fn', bits: 8 }],
  [18, { name: 'float8e4m3fnuz', bits: 8 }],
  [19, { name: 'float8e5m2', bits: 8 }],
  [20, { name: 'float8e5m2fnuz', bits: 8 }],
  [21, { name: 'uint4', bits: 4 }],
  [22, { name: 'int4', bits: 4 }],
  [23, { name: 'float4e2m1', bits: 4 }],
  [24, { name: 'float8e8m0', bits: 8 }],
  [25, { name: 'uint2', bits: 2 }],
  [26, { name: 'int2', bits: 2 }],
] as const satisfies readonly (readonly [number, ElementType])[]);

/** Name of an element type for people: `float`, `string`…; its number where it is unknown. */
export function elementTypeName(number: number): string {
  return elementTypes.get(number)?.name ?? `element type ${number}`;
}
