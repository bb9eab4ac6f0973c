/** Content that does not become smaller is not worth the time: float weights, Parquet, images. */
import { open } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import { type LayerEntry, sizeOf } from './layer-entry.ts';

const sampleBytes = 2 ** 18;
/** Layers below it are compressed anyway. */
const smallBytes = 16 * 2 ** 20;
const sampledFiles = 8;
const worthwhile = 0.9;

/** Level of gzip for a layer of these entries; a function of their content alone. 0: stored. */
export async function chooseLevel(entries: readonly LayerEntry[]): Promise<number> {
  const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (total < smallBytes) return 9;
  const biggest = entries
    .toSorted((a, b) => sizeOf(b) - sizeOf(a) || (a.path < b.path ? -1 : 1))
    .slice(0, sampledFiles);
  let [before, after] = [0, 0];
  for (const entry of biggest) {
    const sample = await readSample(entry);
    before += sample.length;
    after += deflateRawSync(sample, { level: 1 }).length;
  }
  return after > worthwhile * before ? 0 : 6;
}

/** From the middle: beginnings are headers. */
async function readSample(entry: LayerEntry): Promise<Buffer> {
  if (entry.type !== 'file') return Buffer.alloc(0);
  const { content } = entry;
  const start = Math.max(0, Math.floor((sizeOf(entry) - sampleBytes) / 2));
  if (Buffer.isBuffer(content)) return content.subarray(start, start + sampleBytes);
  const handle = await open(content.file);
  try {
    const { bytesRead, buffer } = await handle.read(
      Buffer.alloc(sampleBytes),
      0,
      sampleBytes,
      start,
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
