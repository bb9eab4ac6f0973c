/**
 * Bytes of a JSON document → text, as Python's `json.loads` decodes them: UTF-8 with or without a byte order mark,
 * UTF-16 and UTF-32 told by their zero bytes, lone surrogates let through.
 * Source: CPython 3.11 json/__init__.py `detect_encoding`, codec error handler `surrogatepass`.
 */
import { isAscii, isUtf8 } from 'node:buffer';

/** Names of the encodings that Python detects. */
export type JsonEncoding =
  | 'utf-8'
  | 'utf-8-sig'
  | 'utf-16-le'
  | 'utf-16-be'
  | 'utf-32-le'
  | 'utf-32-be';

/** Tells the encoding from the byte order mark, else from where the zero bytes stand. */
export function detectJsonEncoding(body: Uint8Array): JsonEncoding {
  const [a = 0xff, b = 0xff, c = 0xff, d = 0xff] = body;
  if (a === 0xff && b === 0xfe && body.length >= 2) {
    return body.length >= 4 && c === 0 && d === 0 ? 'utf-32-le' : 'utf-16-le';
  }
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32-be';
  if (a === 0xfe && b === 0xff) return 'utf-16-be';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8-sig';
  return detectByZeros(body);
}

function detectByZeros(body: Uint8Array): JsonEncoding {
  const [a, b, c, d] = body;
  if (body.length >= 4) {
    if (a === 0) return b === 0 ? 'utf-32-be' : 'utf-16-be';
    if (b === 0) return c === 0 && d === 0 ? 'utf-32-le' : 'utf-16-le';
  } else if (body.length === 2) {
    if (a === 0) return 'utf-16-be';
    if (b === 0) return 'utf-16-le';
  }
  return 'utf-8';
}

/**
 * Decodes the document.
 * @returns null when the bytes are not valid in the detected encoding
 */
export function decodeJsonText(body: Uint8Array): string | null {
  const plain = decodePlainUtf8(body);
  if (plain !== null) return plain;
  const encoding = detectJsonEncoding(body);
  if (encoding === 'utf-8') return decodeLenientUtf8(body);
  if (encoding === 'utf-8-sig') return decodeLenientUtf8(body.subarray(3));
  return encoding.startsWith('utf-16')
    ? decodeUtf16(body, encoding === 'utf-16-be' ? 'big' : 'little')
    : decodeUtf32(body, encoding === 'utf-32-be' ? 'big' : 'little');
}

/**
 * The usual case, fast: UTF-8 without byte order mark and without zero bytes at its start.
 * @returns null when it is anything else
 */
export function decodePlainUtf8(body: Uint8Array): string | null {
  if (detectJsonEncoding(body) !== 'utf-8') return null;
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isAscii(body)) return buffer.toString('latin1');
  return isUtf8(body) ? buffer.toString('utf8') : null;
}

/** UTF-8 in which the three bytes of a surrogate (ED A0..BF xx) are let through. */
function decodeLenientUtf8(body: Uint8Array): string | null {
  const parts: string[] = [];
  let from = 0;
  for (let at = body.indexOf(0xed); at !== -1; at = body.indexOf(0xed, at + 1)) {
    const [second = 0, third = 0] = body.subarray(at + 1, at + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    const before = decodeStrictUtf8(body.subarray(from, at));
    if (before === null) return null;
    parts.push(before, String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    from = at + 3;
  }
  const rest = decodeStrictUtf8(body.subarray(from));
  return rest === null ? null : parts.join('') + rest;
}

function decodeStrictUtf8(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

type ByteOrder = 'big' | 'little';

function decodeUtf16(body: Uint8Array, order: ByteOrder): string | null {
  if (body.length % 2 !== 0) return null;
  const bytes = Buffer.from(body);
  if (order === 'big') bytes.swap16();
  return stripMark(bytes.toString('utf16le'));
}

function decodeUtf32(body: Uint8Array, order: ByteOrder): string | null {
  if (body.length % 4 !== 0) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < body.length; at += 4) {
    const point = view.getUint32(at, order === 'little');
    if (point > 0x10ffff) return null;
    parts.push(String.fromCodePoint(point));
  }
  return stripMark(parts.join(''));
}

function stripMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
