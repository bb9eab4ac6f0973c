/** Format of a model file by its bytes: extensions lie (`model.xgb` may hold UBJSON, JSON or the old binary format). */

/** What a file is; `binary` is the format of XGBoost before 3.1, which 3.2 does not load. */
export type ModelFormat = 'ubjson' | 'json' | 'binary';

/**
 * Source: XGBoost 3.2 src/c_api/c_api.cc `DispatchModelType`: after `{`, JSON goes on with a quote (or
 * ends), UBJSON with the type of a key's length.
 */
export function sniffFormat(bytes: Uint8Array): ModelFormat {
  if (bytes[0] !== 0x7b) return 'binary';
  let at = 1;
  while (isSpace(bytes[at])) at += 1;
  if (bytes[at] === 0x22 || bytes[at] === 0x7d) return 'json';
  return bytes[1] === 0x4c ? 'ubjson' : 'binary';
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}
