/** Keys of which a request must show one, compared without telling by the time how much of one was right. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Says whether a client shows a key: as `Authorization: Bearer KEY`, or as `X-API-Key: KEY`. */
export type KeyChecker = (authorization: string | undefined, apiKey: string | undefined) => boolean;

const bearer = /^bearer +(\S+) *$/i;

/** Makes the check. Without keys everybody passes. */
export function createKeyChecker(keys: readonly string[]): KeyChecker {
  if (keys.length === 0) return () => true;
  const digests = keys.map(digestOf);
  return (authorization, apiKey) => {
    const shown = apiKey ?? bearer.exec(authorization ?? '')?.[1];
    if (shown === undefined) return false;
    const digest = digestOf(shown);
    let isKnown = false;
    for (const known of digests) if (timingSafeEqual(known, digest)) isKnown = true;
    return isKnown;
  };
}

/** Digests are of one length, and say nothing of a key's. */
function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The keys of a text, one a line; empty lines and those that begin with `#` are none. */
export function parseKeys(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
