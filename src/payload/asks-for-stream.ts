import { isSlipwayError } from '../errors/slipway-error.ts';
import { parseJson } from './json/parse-json.ts';

const key = Buffer.from('"stream"');

/**
 * True for a JSON body with `"stream": true` at the top, for those who do not decode it otherwise. Only a body
 * that holds the key, written plainly in UTF-8, is parsed.
 */
export function asksForStream(body: Uint8Array): boolean {
  if (!Buffer.from(body.buffer, body.byteOffset, body.length).includes(key)) return false;
  try {
    const document = parseJson(body);
    return document instanceof Map && document.get('stream') === true;
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return false;
  }
}
