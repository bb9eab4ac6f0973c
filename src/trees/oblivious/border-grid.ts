/** A grid of equal cells over the borders of a feature, which replaces most of a search by one look. */
import { gridCells } from './layout.ts';

/** Fewest borders for which the grid beats comparing with all of them. */
const fewestBorders = 12;
/** Most borders in one cell for which it beats a search. */
const mostInCell = 5;
/** A float of this size holds an integer in its low bits. */
const rounder = 2 ** 23;

/** Where a value's cell is `(value - start) * scale`, rounded and bounded, in float32. */
export interface BorderGrid {
  readonly start: number;
  readonly scale: number;
  /** How many borders lie in lower cells, by cell. */
  readonly below: Uint8Array;
  /** Most borders in one cell. */
  readonly steps: number;
}

/**
 * Lays a grid over ascending borders; undefined where none helps. The cell grows with the value, since each operation
 * on the way does, so borders of lower cells are below the value and those of higher cells are not.
 */
export function layGrid(borders: Float32Array): BorderGrid | undefined {
  const start = borders[0] as number;
  const span = Math.fround((borders.at(-1) as number) - start);
  const scale = Math.fround((gridCells - 1) / span);
  const isUsable = Number.isFinite(start) && span > 0 && scale > 0 && Number.isFinite(scale);
  if (borders.length < fewestBorders || !isUsable) return undefined;
  const counts = new Uint32Array(gridCells);
  for (const border of borders) {
    const cell = cellOf(border, start, scale);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const steps = counts.reduce((most, count) => Math.max(most, count), 0);
  if (steps > mostInCell) return undefined;
  const below = new Uint8Array(gridCells);
  for (let cell = 1; cell < gridCells; cell += 1) {
    below[cell] = (below[cell - 1] as number) + (counts[cell - 1] as number);
  }
  return { start, scale, below, steps };
}

/** As the kernel computes it, rounding by rounding. */
function cellOf(value: number, start: number, scale: number): number {
  const place = Math.fround(Math.fround(value - start) * scale);
  const bounded = Math.min(gridCells - 1, Math.max(0, place));
  return Math.fround(bounded + rounder) - rounder;
}
