import { createHash, type Hash } from 'node:crypto';

/** Digest of `bytes`, as images have them: `sha256:` and 64 hex digits. */
export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Hash for bytes that come bit by bit; `digestOfHash` ends it. */
export function startDigest(): Hash {
  return createHash('sha256');
}

/** Digest of what `hash` has seen. */
export function digestOfHash(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}

/** True for a digest that can be checked here. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Hex digits of a digest: the name of its file. */
export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
