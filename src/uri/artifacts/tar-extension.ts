/**
 * What a header of a tar archive says of the entry after it: the long path of GNU (types L, K), else records of pax, which
 * are `length key=value\n`.
 *
 * @returns key → value; the last of equal keys
 */
export function readTarExtension(type: string, content: Buffer): ReadonlyMap<string, string> {
  if (type === 'L' || type === 'K') {
    const whole = content.toString('utf8').replace(/\0.*$/s, '');
    return new Map([[type === 'L' ? 'path' : 'linkpath', whole]]);
  }
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const digits = /^\d{1,8}/.exec(content.toString('latin1', at, at + 9))?.[0] ?? '';
    const length = Number(digits);
    if (length <= digits.length + 1) break;
    const record = content.toString('utf8', at + digits.length + 1, at + length - 1);
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
