const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** First byte of three that encode a lone surrogate, which UTF-8 forbids and pickle allows (`surrogatepass`). */
const lead = 0xed;

/** UTF-8 with lone surrogates; undefined where it is damaged, or too long for a string. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  const text = decodeStrictly(bytes);
  return text === undefined && bytes.includes(lead) ? decodeSurrogates(bytes) : text;
}

function decodeStrictly(bytes: Buffer): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function decodeSurrogates(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  let from = 0;
  for (let at = bytes.indexOf(lead); at >= 0; at = bytes.indexOf(lead, at + 1)) {
    const [second = 0, third = 0] = bytes.subarray(at + 1, at + 3);
    if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) continue;
    const before = decodeStrictly(bytes.subarray(from, at));
    if (before === undefined) return undefined;
    parts.push(before, String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    from = at + 3;
  }
  const rest = decodeStrictly(bytes.subarray(from));
  return rest === undefined ? undefined : parts.join('') + rest;
}
