/** Cells of generated rows: mostly plain values, now and then one at the edge of its type, or missing. */
import type { PyValue } from '../../data/py-value.ts';
import type { ScalarType } from '../../model/signature.ts';
import type { SeededNumbers } from './seeded-numbers.ts';

const floatEdges = [0, -0, 1, -1, 0.1, 1e-30, -1e-30, 1e9, -1e9, 1e30, 2 ** 24 + 1];
const integerEdges = [0, 1, -1, 2, 10, 127, 255, 65_536, -1000];
const words = ['a', 'b', 'A', '', 'true', '1', '1.0', 'nan', 'x y', 'é'];

/** What is known of a column besides its type. */
export interface CellHints {
  /** Values seen in an example or in the model; may be empty. */
  readonly known: readonly PyValue[];
  /** May the cell be missing? */
  readonly required: boolean;
}

/** Draws one cell of a scalar type, as JSON would hold it. */
export function drawCell(random: SeededNumbers, type: ScalarType, hints: CellHints): PyValue {
  const { known, required } = hints;
  if (!required && random.below(12) === 0) return null;
  if (known.length > 0 && random.below(3) === 0) return random.pick(known);
  switch (type) {
    case 'boolean':
      return random.below(2) === 1;
    case 'integer':
    case 'long':
      return BigInt(random.below(6) === 0 ? random.pick(integerEdges) : random.below(200) - 100);
    case 'float':
    case 'double':
      return drawFloat(random);
    case 'string':
      return random.pick(words);
    case 'datetime':
      return new Date(random.below(2 ** 31) * 1000).toISOString().slice(0, 19);
    case 'binary':
      return Buffer.from([random.below(256), random.below(256)]).toString('base64');
  }
}

/** A third of the floats are missing or odd. */
export function drawFloat(random: SeededNumbers): number {
  switch (random.below(9)) {
    case 0:
      return Number.NaN;
    case 1:
      return random.pick(floatEdges);
    case 2:
      return random.next() * 2000 - 1000;
    default:
      return (random.next() + random.next() + random.next() - 1.5) * 2;
  }
}
