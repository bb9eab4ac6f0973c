/** Sizes of matrix products that are computed here. */

/** Most multiplications of a call: beyond, onnxruntime is faster, and it may share them among threads. */
const mostMultiplications = 16_384;

/** Most rows of a call for a matrix of `depth` × `width`; 0 where there is none. */
export function mostRowsOf(depth: number, width: number): number {
  return Math.floor(mostMultiplications / (depth * width));
}
