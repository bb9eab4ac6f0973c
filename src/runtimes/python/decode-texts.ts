import { slipwayError } from '../../errors/slipway-error.ts';

/**
 * Packed texts → strings. `offsets` holds `count` + 1 places (u32, bytes) in `data`.
 *
 * @throws WORKER_PROTOCOL when the places do not fit the data
 */
export function decodeTexts(
  offsets: Uint8Array,
  data: Uint8Array,
  count: number,
): readonly string[] {
  if (offsets.length !== (count + 1) * 4) throw misplaced();
  const places = new DataView(offsets.buffer, offsets.byteOffset, offsets.length);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const whole = bytes.toString('utf8');
  const isAscii = whole.length === bytes.length;
  const texts: string[] = [];
  let start = places.getUint32(0, true);
  for (let at = 1; at <= count; at++) {
    const end = places.getUint32(at * 4, true);
    if (end < start || end > bytes.length) throw misplaced();
    texts.push(isAscii ? whole.slice(start, end) : bytes.toString('utf8', start, end));
    start = end;
  }
  return texts;
}

function misplaced(): Error {
  return slipwayError('WORKER_PROTOCOL', 'A worker process answered with texts out of place.');
}
