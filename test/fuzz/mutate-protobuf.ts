/** Damage that keeps a Protocol Buffers message well-formed: what a reader of lengths alone would let through. */

interface Field {
  readonly number: number;
  readonly wireType: number;
  value: bigint | Buffer | Field[];
}

const numbers = [0n, 1n, 2n, 3n, 7n, 8n, 100n, -1n, 2n ** 31n, 2n ** 40n, 2n ** 63n - 1n] as const;

/** One to three random changes of values, deletions, copies or moves of fields, at any depth. */
export function mutateProtobuf(bytes: Buffer, random: () => number): Buffer {
  const message = decode(bytes, 0);
  if (message === null) return bytes;
  for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) damage(message, random);
  return encode(message);
}

function damage(message: Field[], random: () => number): void {
  const lists = [message, ...listsIn(message)];
  const list = lists[Math.floor(random() * lists.length)] as Field[];
  const at = Math.floor(random() * list.length);
  const field = list[at];
  if (field === undefined) return;
  const kind = random();
  if (kind < 0.15) list.splice(at, 1);
  else if (kind < 0.25) list.splice(at, 0, structuredClone(field));
  else if (kind < 0.35) list.splice(Math.floor(random() * list.length), 0, ...list.splice(at, 1));
  else changeValue(field, random);
}

function changeValue(field: Field, random: () => number): void {
  if (typeof field.value === 'bigint') {
    const value = numbers[Math.floor(random() * numbers.length)] ?? 0n;
    field.value = BigInt.asUintN(64, random() < 0.5 ? value : field.value + (value % 8n) - 3n);
  } else if (Buffer.isBuffer(field.value)) {
    const copy = Buffer.from(field.value);
    if (copy.length > 0) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    const isFixed = field.wireType !== 2;
    field.value = isFixed || random() < 0.8 ? copy : copy.subarray(0, random() * copy.length);
  }
}

function listsIn(fields: readonly Field[]): Field[][] {
  return fields.flatMap(({ value }) => (Array.isArray(value) ? [value, ...listsIn(value)] : []));
}

/** The fields of a message; null where the bytes are none. Text that looks like a message counts as one. */
function decode(bytes: Buffer, depth: number): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) return null;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const key = varint();
    if (key === null || key >> 3n === 0n || key >> 3n > 60n) return null;
    const wireType = Number(key & 7n);
    const size = wireType === 0 || wireType === 2 ? varint() : wireType === 1 ? 8n : 4n;
    if (size === null || ![0, 1, 2, 5].includes(wireType)) return null;
    const number = Number(key >> 3n);
    if (wireType === 0) {
      fields.push({ number, wireType, value: size });
      continue;
    }
    if (size > BigInt(bytes.length - at)) return null;
    const content = bytes.subarray(at, at + Number(size));
    at += Number(size);
    const inner =
      wireType === 2 && depth < 12 && content.length > 1 ? decode(content, depth + 1) : null;
    fields.push({ number, wireType, value: inner ?? content });
  }
  return fields;
}

function encode(fields: readonly Field[]): Buffer {
  const parts: Buffer[] = [];
  for (const { number, wireType, value } of fields) {
    parts.push(varintBytes(BigInt(number * 8 + wireType)));
    if (typeof value === 'bigint') {
      parts.push(varintBytes(value));
      continue;
    }
    const content = Array.isArray(value) ? encode(value) : value;
    if (wireType === 2) parts.push(varintBytes(BigInt(content.length)));
    parts.push(content);
  }
  return Buffer.concat(parts);
}

function varintBytes(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80n) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
}
