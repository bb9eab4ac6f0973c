/** Generated requests of a model: rows drawn from its signature, and rows on each side of what it decides by. */
import type { DecisionValues } from '../../contract/flavor-reader.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { ColumnSpec, Schema, TensorSpec } from '../../model/signature.ts';
import { drawCell, drawFloat } from './draw-cell.ts';
import { stepFloat } from './float-steps.ts';
import type { SeededNumbers } from './seeded-numbers.ts';

/** A table of cells as JSON would hold them; `columns` null where they have no names. */
export interface DrawnTable {
  readonly kind: 'table';
  readonly columns: readonly (string | number)[] | null;
  readonly rows: readonly (readonly PyValue[])[];
}

/** Named tensors, or one without a name: nested lists. */
export interface DrawnTensors {
  readonly kind: 'tensors';
  readonly value: PyValue;
  readonly rowCount: number;
}

/** What is known of a model's input. */
export interface InputKnowledge {
  /** Signature of the inputs; null where there is none. */
  readonly schema: Schema | null;
  readonly decisions: readonly DecisionValues[];
  /** Cells of an example by column; empty where there is none. */
  readonly known: ReadonlyMap<string | number, readonly PyValue[]>;
}

interface DrawnColumn {
  readonly label: string | number;
  readonly decision: DecisionValues | undefined;
  readonly draw: () => PyValue;
  readonly type: string;
}

/** Rows tried beside each threshold of a feature: the value, its neighbours, and a missing one. */
const sides = [0, -1, 1] as const;
/** Most decision values tried of one feature. */
const mostValuesPerFeature = 200;

/** Draws `rowCount` rows, and rows on the model's decisions. null: nothing is known of what the model takes. */
export function drawTable(
  random: SeededNumbers,
  knowledge: InputKnowledge,
  rowCount: number,
): DrawnTable | null {
  const columns = columnsOf(random, knowledge);
  if (columns === null || columns.length === 0) return null;
  const rows = Array.from({ length: rowCount }, () => columns.map(({ draw }) => draw()));
  const isNamed = columns.some(({ label }) => typeof label === 'string');
  return {
    kind: 'table',
    columns: isNamed ? columns.map(({ label }) => label) : null,
    rows: [...rows, ...decisionRows(random, columns)],
  };
}

function columnsOf(random: SeededNumbers, knowledge: InputKnowledge): DrawnColumn[] | null {
  const { schema, decisions, known } = knowledge;
  if (schema?.kind === 'tensors') return null;
  if (schema !== null) {
    if (schema.columns.some(({ type }) => type.kind !== 'scalar')) return null;
    return schema.columns.map((spec, at) => columnOf(random, spec, at, knowledge));
  }
  return decisions.map((decision) => ({
    label: decision.feature,
    decision,
    type: 'double',
    draw: () => drawUntyped(random, decision, known.get(decision.feature) ?? []),
  }));
}

function columnOf(
  random: SeededNumbers,
  { name, integerName, type, required }: ColumnSpec,
  at: number,
  { decisions, known }: InputKnowledge,
): DrawnColumn {
  const label = integerName ?? name ?? at;
  const scalar = type.kind === 'scalar' ? type.type : 'string';
  const decision =
    decisions.find(({ feature }) => feature === name) ??
    decisions.find(({ feature }) => feature === at);
  const texts = (decision?.values ?? []).filter((value) => typeof value === 'string');
  const hints = { known: [...(known.get(label) ?? []), ...texts], required };
  return { label, decision, type: scalar, draw: () => drawCell(random, scalar, hints) };
}

function drawUntyped(
  random: SeededNumbers,
  { values }: DecisionValues,
  known: readonly PyValue[],
): PyValue {
  const isText = values.length > 0 && values.every((value) => typeof value === 'string');
  if (isText) return random.pick([...values, ...known]);
  return known.length > 0 && random.below(3) === 0 ? random.pick(known) : drawFloat(random);
}

function decisionRows(random: SeededNumbers, columns: readonly DrawnColumn[]): PyValue[][] {
  return columns.flatMap((column, at) => {
    const row = (cell: PyValue): PyValue[] =>
      columns.map((other, index) => (index === at ? cell : other.draw()));
    return cellsAround(random, column).map(row);
  });
}

/** Cells on and beside the decision values of a column, in the column's type. */
function cellsAround(random: SeededNumbers, { decision, type }: DrawnColumn): PyValue[] {
  if (decision === undefined) return [];
  const values = sample(random, decision.values, mostValuesPerFeature);
  const cells = values.flatMap((value): PyValue[] => {
    if (typeof value === 'string') return [value];
    if (type === 'integer' || type === 'long') return integersAround(value);
    if (type !== 'double' && type !== 'float') return [];
    return sides.map((side) => stepFloat(value, side, decision.width));
  });
  return type === 'double' || type === 'float' ? [...cells, Number.NaN] : cells;
}

function integersAround(value: number): PyValue[] {
  if (!Number.isFinite(value) || Math.abs(value) > 2 ** 31 - 2) return [];
  const below = Math.floor(value);
  return [below - 1, below, below + 1].map(BigInt);
}

function sample<T>(random: SeededNumbers, values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, () => random.pick(values));
}

/** Draws tensors of `rowCount` rows where the first size is free. null: the signature has no tensors of numbers. */
export function drawTensors(
  random: SeededNumbers,
  { schema, decisions }: InputKnowledge,
  rowCount: number,
): DrawnTensors | null {
  if (schema?.kind !== 'tensors') return null;
  const entries: [string | undefined, PyValue][] = [];
  for (const tensor of schema.tensors) {
    const value = drawTensor(random, tensor, { rowCount, decisions });
    if (value === null) return null;
    entries.push([tensor.name, value]);
  }
  const [first] = entries;
  const isFree = schema.tensors.every(({ shape }) => shape[0] === -1);
  const value =
    entries.length === 1 && first?.[0] === undefined
      ? (first?.[1] ?? null)
      : new Map(entries.map(([name, of]) => [name ?? '', of]));
  return { kind: 'tensors', value, rowCount: isFree ? rowCount : 1 };
}

interface TensorHints {
  readonly rowCount: number;
  /** By column, where the tensor is a table. */
  readonly decisions: readonly DecisionValues[];
}

function drawTensor(
  random: SeededNumbers,
  { shape, dtype }: TensorSpec,
  { rowCount, decisions }: TensorHints,
): PyValue {
  const sizes = shape.map((size, axis) => (size === -1 ? (axis === 0 ? rowCount : 2) : size));
  if (dtype === null || sizes.reduce((product, size) => product * size, 1) > 2 ** 22) return null;
  const draw = elementOf(random, dtype);
  if (draw === null) return null;
  const isTable = sizes.length === 2 && dtype.startsWith('float');
  return nest(sizes, (at) => (isTable ? besideDecision(random, decisions[at]) : null) ?? draw());
}

/** Now and then a value on a threshold of the column, one ulp beside it, or missing. */
function besideDecision(random: SeededNumbers, decision: DecisionValues | undefined): PyValue {
  if (decision === undefined || random.below(3) > 0) return null;
  const values = decision.values.filter((value) => typeof value === 'number');
  if (values.length === 0) return null;
  if (random.below(8) === 0) return Number.NaN;
  return stepFloat(random.pick(values), random.pick(sides), decision.width);
}

function elementOf(random: SeededNumbers, dtype: string): (() => PyValue) | null {
  if (dtype.startsWith('float')) return () => random.next() * 4 - 2;
  if (dtype.startsWith('int')) return () => BigInt(random.below(100) - 50);
  if (dtype.startsWith('uint')) return () => BigInt(random.below(100));
  if (dtype === 'bool') return () => random.below(2) === 1;
  return dtype === 'str' ? () => random.pick(['a', 'b', 'word']) : null;
}

/** `draw` gets the index along the last dimension. */
function nest(sizes: readonly number[], draw: (at: number) => PyValue, index = 0): PyValue {
  const [size, ...rest] = sizes;
  if (size === undefined) return draw(index);
  return Array.from({ length: size }, (_, at) => nest(rest, draw, at));
}
