/**
 * A frame → blocks, as pandas holds it: the columns of one dtype stand in one buffer, column after column,
 * so that the worker can lay a DataFrame over it without copying.
 */
import type { Column, ColumnLabel, Frame } from '../../data/frame.ts';
import type { PyValue } from '../../data/py-value.ts';
import type { Vector } from '../../data/vector.ts';
import { isDatetimeVector } from '../../data/vector-values.ts';
import type { EncodeContext } from './encode-input.ts';
import type { Block, Content, FrameNode, Node } from './node.ts';
import { bytesOf, packBytes, packTexts } from './pack-texts.ts';

/** Encodes what is inside of cells. */
type EncodeItem = (value: PyValue, context: EncodeContext) => Node;

/** Encodes a frame; `encodeItem` is for labels, index and cells that are Python objects. */
export function encodeFrame(
  frame: Frame,
  context: EncodeContext,
  encodeItem: EncodeItem,
): FrameNode {
  const { columns, rowCount, index } = frame;
  const blocks = isUniform(columns)
    ? [wholeBlock(columns, context)]
    : encodeBlocks(columns, context, encodeItem);
  return {
    rows: rowCount,
    ...(!hasLayout(columns, context.layout) && {
      labels: columns.map(({ label }) => encodeLabel(label)),
    }),
    blocks,
    ...(index !== undefined && { index: index.map((item) => encodeItem(item, context)) }),
  };
}

function encodeLabel(label: ColumnLabel): Node {
  return typeof label === 'object' ? label.map(encodeLabel) : label;
}

function hasLayout(columns: readonly Column[], layout: readonly ColumnLabel[] | null): boolean {
  if (layout === null || layout.length !== columns.length) return false;
  return columns.every(({ label }, position) => label === layout[position]);
}

type NumericVector = Exclude<Vector, { dtype: 'str' | 'bytes' | 'object' }>;

function isNumeric(vector: Vector): vector is NumericVector {
  if (vector.dtype === 'str' || vector.dtype === 'bytes' || vector.dtype === 'object') return false;
  return !isDatetimeVector(vector) || vector.timeZone === undefined;
}

function isUniform(columns: readonly Column[]): boolean {
  const first = columns[0]?.data;
  if (first === undefined || !isNumeric(first)) return false;
  return columns.every(({ data }) => data.dtype === first.dtype && isNumeric(data));
}

function wholeBlock(columns: readonly Column[], { buffers }: EncodeContext): Block {
  return [columns[0]!.data.dtype, null, buffers.push(joinColumns(columns)) - 1];
}

function joinColumns(columns: readonly Column[]): Uint8Array {
  const parts = columns.map(({ data }) => bytesOf((data as NumericVector).values));
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function encodeBlocks(
  columns: readonly Column[],
  context: EncodeContext,
  encodeItem: EncodeItem,
): readonly Block[] {
  const byDtype = new Map<string, number[]>();
  const blocks: Block[] = [];
  columns.forEach(({ data }, position) => {
    if (!isNumeric(data)) {
      blocks.push([data.dtype, [position], encodeColumn(data, context, encodeItem)]);
      return;
    }
    const positions = byDtype.get(data.dtype);
    if (positions === undefined) byDtype.set(data.dtype, [position]);
    else positions.push(position);
  });
  for (const [dtype, positions] of byDtype) {
    const content = joinColumns(positions.map((position) => columns[position]!));
    blocks.push([dtype, positions, context.buffers.push(content) - 1]);
  }
  return blocks;
}

function encodeColumn(
  data: Exclude<Vector, NumericVector> | Vector,
  context: EncodeContext,
  encodeItem: EncodeItem,
): Content | readonly [number, string] {
  const { buffers } = context;
  if (isDatetimeVector(data)) {
    return [buffers.push(bytesOf(data.values)) - 1, data.timeZone ?? 'UTC'];
  }
  if (data.dtype === 'bytes') return packBytes(data.values, buffers);
  const values = data.values as readonly PyValue[];
  const packed = values.every(isTextOrMissing) ? packTexts(values, buffers) : null;
  return packed ?? { list: values.map((item) => encodeItem(item, context)) };
}

function isTextOrMissing(value: PyValue): value is string | null {
  return value === null || typeof value === 'string';
}
