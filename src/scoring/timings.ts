/** Sums over the answered requests, in milliseconds by phase. */
export interface Timings {
  requests: number;
  decodeMs: number;
  enforceMs: number;
  predictMs: number;
  encodeMs: number;
}

/** All zero. */
export function createTimings(): Timings {
  return { requests: 0, decodeMs: 0, enforceMs: 0, predictMs: 0, encodeMs: 0 };
}
