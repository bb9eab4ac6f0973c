import type { Vector } from '../../data/vector.ts';
import { emptyVector } from './assemble-frame.ts';
import { chunkKind, commonDtype, concatenateVectors, widenVector } from './merge-chunks.ts';
import type { PlannedColumn } from './plan-columns.ts';

/** One vector a column of all chunks; without chunks an empty one of the type asked for. */
export function joinChunks(
  columns: readonly PlannedColumn[],
  chunks: readonly (readonly Vector[])[],
): Vector[] {
  return columns.map((column, at) => {
    if (chunks.length === 0) return emptyVector(column.type);
    const parts = chunks.map((chunk) => chunk[at]!);
    if (parts.length === 1) return parts[0]!;
    const dtype = commonDtype(new Set(parts.map(chunkKind)));
    return concatenateVectors(parts.map((part) => widenVector(part, dtype)));
  });
}
