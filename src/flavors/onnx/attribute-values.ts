/** The lists in an AttributeProto, read when they are needed. */
import type { OnnxAttribute } from './onnx-model.ts';
import { FieldReader } from './read-fields.ts';

/** The single integer; 0 where there is none. @throws MODEL_FILE_INVALID */
export function readInteger({ bytes }: OnnxAttribute): bigint {
  const fields = new FieldReader(bytes);
  let value = 0n;
  while (fields.next()) {
    if (fields.number === 3) value = fields.integer();
    else fields.skip();
  }
  return value;
}

/** The single float; 0 where there is none. @throws MODEL_FILE_INVALID */
export function readFloat({ bytes }: OnnxAttribute): number {
  const fields = new FieldReader(bytes);
  let value = 0;
  while (fields.next()) {
    if (fields.number === 2)
      [value = 0] = new Float32Array(Uint8Array.from(fields.fixed(4)).buffer);
    else fields.skip();
  }
  return value;
}

/** The list of integers. @throws MODEL_FILE_INVALID */
export function readIntegers({ bytes }: OnnxAttribute): readonly bigint[] {
  const fields = new FieldReader(bytes);
  const values: bigint[] = [];
  while (fields.next()) {
    if (fields.number === 8) fields.integersInto(values);
    else fields.skip();
  }
  return values;
}

/** The list of strings. @throws MODEL_FILE_INVALID where one is no UTF-8 */
export function readStrings({ bytes }: OnnxAttribute): readonly string[] {
  const fields = new FieldReader(bytes);
  const values: string[] = [];
  while (fields.next()) {
    if (fields.number === 9) values.push(fields.text());
    else fields.skip();
  }
  return values;
}

/** The single text; empty where there is none. @throws MODEL_FILE_INVALID where it is no UTF-8 */
export function readString({ bytes }: OnnxAttribute): string {
  const fields = new FieldReader(bytes);
  let value = '';
  while (fields.next()) {
    if (fields.number === 4) value = fields.text();
    else fields.skip();
  }
  return value;
}

/** The list of floats. @throws MODEL_FILE_INVALID */
export function readFloats({ bytes }: OnnxAttribute): Float32Array {
  const fields = new FieldReader(bytes);
  const parts: Uint8Array[] = [];
  while (fields.next()) {
    if (fields.number === 7) parts.push(fields.fixed(4));
    else fields.skip();
  }
  return new Float32Array(Uint8Array.from(Buffer.concat(parts)).buffer);
}
