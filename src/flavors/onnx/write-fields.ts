/** Writer of Protocol Buffers' wire format, and a way to change single fields of a message that is there. */
import { FieldReader } from './read-fields.ts';

/** A field with bytes. */
export function bytesField(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** A field with text. */
export function textField(number: number, text: string): Uint8Array {
  return bytesField(number, Buffer.from(text));
}

/** A field with a small integer that is not negative. */
export function integerField(number: number, value: number): Uint8Array {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

/** What becomes of a field: other bytes, null for nothing, undefined to leave it alone. */
export type FieldEdit = (
  number: number,
  ordinal: number,
  bytes: Uint8Array,
) => Uint8Array | null | undefined;

/**
 * Copy of a message in which fields that hold bytes are changed.
 *
 * @param edit called for each of them; `ordinal` counts the fields of one number
 */
export function editMessage(message: Uint8Array, edit: FieldEdit): Uint8Array {
  const fields = new FieldReader(message);
  const parts: Uint8Array[] = [];
  const counts = new Map<number, number>();
  let copiedTo = 0;
  let start = 0;
  while (fields.next()) {
    const { number, wireType } = fields;
    const ordinal = counts.get(number) ?? 0;
    counts.set(number, ordinal + 1);
    const bytes = wireType === 2 ? fields.bytes() : null;
    if (bytes === null) fields.skip();
    const edited = bytes === null ? undefined : edit(number, ordinal, bytes);
    if (edited !== undefined) {
      parts.push(message.subarray(copiedTo, start));
      if (edited !== null) parts.push(bytesField(number, edited));
      copiedTo = fields.position;
    }
    start = fields.position;
  }
  parts.push(message.subarray(copiedTo));
  return Buffer.concat(parts);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  bytes.push(left);
  return Uint8Array.from(bytes);
}
