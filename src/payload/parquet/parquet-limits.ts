/** What reading one Parquet body may take. */
import os from 'node:os';

/** Limits of one body. */
export interface ParquetLimits {
  /** Heap of the thread that reads it. Sizes that the file claims are held against this too. */
  readonly memoryMb: number;
  /** Time to read it, without the start of the thread and the wait for one. */
  readonly timeMs: number;
}

const baseMemoryMb = 512;
const highestMemoryMb = 4096;
const memoryPerBodyByte = 64;
const baseTimeMs = 5000;
const timeMsPerMb = 1000;

/** Threads that read at the same time. */
export const parquetThreadCount: number = os.availableParallelism();

/** All threads together leave half of the memory to the rest of the process. */
const memoryShareMb = machineMemory() / 2 ** 20 / 2 / parquetThreadCount;

function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
}

/** Limits of a body of this size; all bodies of up to 1 MB have the same. */
export function parquetLimits(bodyBytes: number): ParquetLimits {
  const bodyMb = Math.max(1, Math.ceil(bodyBytes / 2 ** 20));
  const memoryMb = Math.min(baseMemoryMb + memoryPerBodyByte * bodyMb, highestMemoryMb);
  return {
    memoryMb: Math.floor(Math.max(128, Math.min(memoryMb, memoryShareMb))),
    timeMs: baseTimeMs + timeMsPerMb * bodyMb,
  };
}
