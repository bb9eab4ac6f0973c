/** A write-ahead log: the last committed form of each page in it. Source: sqlite.org/fileformat2.html, section 4. */
import { readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;

/** Page number → content; empty without a log. What follows the last whole transaction does not count. */
export function readWal(file: string, pageBytes: number): ReadonlyMap<number, Buffer> {
  const committed = new Map<number, Buffer>();
  const log = readLog(file);
  if (log.length < headerBytes || log.readUInt32BE(8) !== pageBytes) return committed;
  const isBigEndian = (log.readUInt32BE(0) & 1) === 1;
  let sum = checksum(log.subarray(0, 24), [0, 0], isBigEndian);
  if (!matches(sum, log, 24)) return committed;
  const pending = new Map<number, Buffer>();
  const frameBytes = frameHeaderBytes + pageBytes;
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    const isCurrent = log.compare(log, 16, 24, at + 8, at + 16) === 0;
    const content = log.subarray(at + frameHeaderBytes, at + frameBytes);
    sum = checksum(log.subarray(at, at + 8), sum, isBigEndian);
    sum = checksum(content, sum, isBigEndian);
    if (!isCurrent || !matches(sum, log, at + 16)) return committed;
    pending.set(log.readUInt32BE(at), content);
    if (log.readUInt32BE(at + 4) === 0) continue;
    for (const [number, page] of pending) committed.set(number, page);
    pending.clear();
  }
  return committed;
}

/** Whoever closes the database last removes it. */
function readLog(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

type Sum = readonly [number, number];

function checksum(bytes: Buffer, [start0, start1]: Sum, isBigEndian: boolean): Sum {
  let [sum0, sum1] = [start0, start1];
  for (let at = 0; at < bytes.length; at += 8) {
    const first = isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const second = isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    sum0 = (sum0 + first + sum1) >>> 0;
    sum1 = (sum1 + second + sum0) >>> 0;
  }
  return [sum0, sum1];
}

function matches([sum0, sum1]: Sum, log: Buffer, at: number): boolean {
  return log.readUInt32BE(at) === sum0 && log.readUInt32BE(at + 4) === sum1;
}
