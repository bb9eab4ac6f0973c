/** Runs the kernel over the rows of a JSON body, window by window. */
import { GrowingColumns } from './growing-columns.ts';
import {
  layout,
  loadWindow,
  numbersMemory,
  type NumbersMemory,
  passEnd,
  stagingStride,
} from './numbers-memory.ts';
import type { Envelope } from './read-envelope.ts';

/** Rows of a list that was read to its closing bracket. */
export interface JsonRows {
  readonly columns: readonly Float64Array[];
  readonly rowCount: number;
  /** Offset behind the closing bracket. */
  readonly end: number;
  /** An integer beyond 2^53 is among the values. */
  readonly hasBigInteger: boolean;
}

type Pass = (at: number) => number;

/** Reads the rows; null when anything in them is not a plain number, or a row does not fit the window. */
export function readJsonRows(body: Buffer, envelope: Envelope): JsonRows | null {
  const memory = numbersMemory();
  const { kernel, doubles } = memory;
  const columnCount = envelope.labels.length;
  const stride = stagingStride(columnCount);
  if (stride === 0) return null;
  const pass = chooseStep(memory, envelope, stride);
  kernel.clearBigInteger();
  const columns = new GrowingColumns(columnCount);
  for (let from = envelope.rowsAt; ;) {
    const size = loadWindow(memory, body, from, body.length);
    let at: number = layout.window;
    let outcome: number;
    do {
      outcome = pass(at);
      at = kernel.getPosition();
      const rows = kernel.getRowCount();
      const all = columns.rowCount + rows;
      const used = from + at - layout.window - envelope.rowsAt;
      const share = (body.length - envelope.rowsAt) / used;
      columns.append(doubles, stride, rows, outcome === passEnd.closed ? all : 1.02 * all * share);
    } while (outcome === passEnd.full);
    if (outcome === passEnd.closed) {
      const end = from + at - layout.window;
      const hasBigInteger = kernel.sawBigInteger() !== 0;
      return { columns: columns.finish(), rowCount: columns.rowCount, end, hasBigInteger };
    }
    if (at === layout.window || from + size === body.length) return null;
    from += at - layout.window;
  }
}

function chooseStep({ kernel, bytes }: NumbersMemory, envelope: Envelope, stride: number): Pass {
  const { staging, scratch } = layout;
  const { labels, packedKeys } = envelope;
  const count = labels.length;
  if (packedKeys === null) return (at) => kernel.parseJsonRows(at, count, staging, stride);
  bytes.set(packedKeys, scratch);
  return (at) => kernel.parseJsonRecords(at, count, scratch, staging, stride);
}
