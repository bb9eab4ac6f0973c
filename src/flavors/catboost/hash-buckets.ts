/** Hash tables as cbm files hold them: 12 bytes a bucket, the next one taken where a bucket is full. */

const bucketBytes = 12;
/** Marks an empty bucket. */
const emptyHash = 2n ** 64n - 1n;

/** Buckets for hashes, each with its place in the list. Source: CatBoost 1.2 dense_hash_view.h. */
export function buildBuckets(hashes: readonly bigint[]): Uint8Array {
  let count = 2;
  while (count < hashes.length * 2) count *= 2;
  const bytes = new Uint8Array(count * bucketBytes).fill(0xff);
  const view = new DataView(bytes.buffer);
  for (const [index, hash] of hashes.entries()) {
    if (hash === emptyHash) continue;
    let slot = Number(hash & BigInt(count - 1));
    for (;;) {
      const found = view.getBigUint64(slot * bucketBytes, true);
      if (found === emptyHash || found === hash) break;
      slot = (slot + 1) % count;
    }
    view.setBigUint64(slot * bucketBytes, hash, true);
    view.setUint32(slot * bucketBytes + 8, index, true);
  }
  return bytes;
}
