/** Constants of float32 that operations read. */
import { decodeTensor } from '../decode-tensor.ts';
import type { StepContext } from './own-step.ts';

/** A matrix, row by row. */
export interface ConstantMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** A constant of two dimensions; null for anything else. */
export function constantMatrix(
  { constants }: StepContext,
  name: string | undefined,
): ConstantMatrix | null {
  const tensor = constants.initializer(name ?? '');
  const [rows, columns] = tensor?.dims ?? [];
  if (tensor?.dims.length !== 2 || rows === undefined || columns === undefined) return null;
  const decoded = decodeTensor(tensor);
  if (decoded?.type !== 'float32' || decoded.data.length !== rows * columns) return null;
  return { rows, columns, values: decoded.data as Float32Array };
}

/** Rows for columns. */
export function transposed({ rows, columns, values }: ConstantMatrix): ConstantMatrix {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column]!;
  return { rows: columns, columns: rows, values: turned };
}

/** A constant that stands for every row: [width] or [1 × width]; null for anything else. */
export function constantRow(
  { constants }: StepContext,
  name: string | undefined,
  width: number,
): Float32Array | null {
  const tensor = constants.initializer(name ?? '');
  const dims = tensor?.dims ?? [];
  if (tensor === undefined || dims.at(-1) !== width || dims.length > 2) return null;
  if (dims.length === 2 && dims[0] !== 1) return null;
  const decoded = decodeTensor(tensor);
  if (decoded?.type !== 'float32' || decoded.data.length !== width) return null;
  return decoded.data as Float32Array;
}
