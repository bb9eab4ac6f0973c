/** A place in a JSON text of which only the plainest forms are understood; everything else makes the reader give up. */

/** Position in `body`. */
export interface JsonCursor {
  readonly body: Buffer;
  at: number;
}

const [space, lineFeed, carriageReturn, tab] = [0x20, 0x0a, 0x0d, 0x09];
const [quote, backslash] = [0x22, 0x5c];
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Moves behind the white space of JSON. */
export function skipSpace(cursor: JsonCursor): void {
  const { body } = cursor;
  for (;;) {
    const byte = body[cursor.at];
    if (byte !== space && byte !== lineFeed && byte !== carriageReturn && byte !== tab) return;
    cursor.at++;
  }
}

/** Moves behind `character` and the white space around it; false when it is not there. */
export function take(cursor: JsonCursor, character: string): boolean {
  skipSpace(cursor);
  if (cursor.body[cursor.at] !== character.charCodeAt(0)) return false;
  cursor.at++;
  skipSpace(cursor);
  return true;
}

/** Reads a string without escapes; null when there is none, or one that the general reader must judge. */
export function takeString(cursor: JsonCursor): string | null {
  const { body, at } = cursor;
  if (body[at] !== quote) return null;
  let isAscii = true;
  for (let end = at + 1; end < body.length; end++) {
    const byte = body[end]!;
    if (byte === quote) {
      cursor.at = end + 1;
      return isAscii
        ? body.toString('latin1', at + 1, end)
        : decodeUtf8(body.subarray(at + 1, end));
    }
    if (byte === backslash || byte < space) return null;
    if (byte > 0x7f) isAscii = false;
  }
  return null;
}

/** Reads `"key" :`. */
export function takeKey(cursor: JsonCursor): string | null {
  const key = takeString(cursor);
  return key !== null && take(cursor, ':') ? key : null;
}

/** Reads `null`. */
export function takeNull(cursor: JsonCursor): boolean {
  if (cursor.body.toString('latin1', cursor.at, cursor.at + 4) !== 'null') return false;
  cursor.at += 4;
  return true;
}

/** Reads a list of at least one plain string. */
export function takeStrings(cursor: JsonCursor): string[] | null {
  if (!take(cursor, '[')) return null;
  const strings: string[] = [];
  do {
    const text = takeString(cursor);
    if (text === null) return null;
    strings.push(text);
  } while (take(cursor, ','));
  return take(cursor, ']') ? strings : null;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
