/** Reads what stands around the rows of a `dataframe_split` or `dataframe_records` body. */
import {
  type JsonCursor,
  skipSpace,
  take,
  takeKey,
  takeNull,
  takeString,
  takeStrings,
} from './json-cursor.ts';
import { packKeys } from './pack-keys.ts';
import { layout, loadWindow, numbersMemory, passEnd } from './numbers-memory.ts';

/** Where the rows begin and what they are. */
export interface Envelope {
  /** Rows are lists (`split`, `list`), or objects with the keys `labels` in this order (`records`). */
  readonly form: 'split' | 'records' | 'list';
  readonly labels: readonly string[];
  /** False when the body gave no labels; they are positions then. */
  readonly hasLabels: boolean;
  /** Offset of the first row. */
  readonly rowsAt: number;
  /** Length of the index 0, 1, … that the body gave; null without one. */
  readonly indexLength: number | null;
  /** The keys of records as the kernel compares them; null for lists. */
  readonly packedKeys: Buffer | null;
}

/** Reads up to the first row; null when the body begins in any other way than the common ones. */
export function readEnvelope(body: Buffer): Envelope | null {
  const cursor: JsonCursor = { body, at: 0 };
  if (!take(cursor, '{')) return null;
  const form = takeKey(cursor);
  if (form === 'dataframe_split') return readSplit(cursor);
  return form === 'dataframe_records' ? readRecords(cursor) : null;
}

/** Reads up to the first row of `{"inputs": [[…` or `{"instances": [[…`; null for any other body. */
export function readListEnvelope(body: Buffer): Envelope | null {
  const cursor: JsonCursor = { body, at: 0 };
  if (!take(cursor, '{')) return null;
  const key = takeKey(cursor);
  if ((key !== 'inputs' && key !== 'instances') || !take(cursor, '[')) return null;
  if (body[cursor.at] !== openBracket) return null;
  const labels = positions(cursor);
  const place = { rowsAt: cursor.at, indexLength: null, packedKeys: null };
  return { form: 'list', labels, hasLabels: false, ...place };
}

const openBracket = 0x5b;

/** True when nothing but the closing brackets follows the rows. */
export function closesEnvelope(body: Buffer, at: number, { form }: Envelope): boolean {
  const cursor: JsonCursor = { body, at };
  if (form === 'split' && !take(cursor, '}')) return false;
  return take(cursor, '}') && cursor.at === body.length;
}

function readSplit(cursor: JsonCursor): Envelope | null {
  if (!take(cursor, '{')) return null;
  let labels: readonly string[] | null = null;
  let indexLength: number | null = null;
  const seen = new Set<string>();
  for (;;) {
    const key = takeKey(cursor);
    if (key === null || seen.has(key)) return null;
    seen.add(key);
    if (key === 'data') {
      if (!take(cursor, '[')) return null;
      const names = labels ?? positions(cursor);
      const hasLabels = labels !== null;
      const rowsAt = cursor.at;
      return { form: 'split', labels: names, hasLabels, rowsAt, indexLength, packedKeys: null };
    }
    if (!takeNull(cursor)) {
      if (key === 'columns') labels = takeStrings(cursor);
      else if (key === 'index') indexLength = takeRange(cursor);
      else return null;
      if (key === 'columns' ? labels === null : indexLength === null) return null;
    } else if (key !== 'columns' && key !== 'index') return null;
    if (!take(cursor, ',')) return null;
  }
}

/** As many positions as the first row has cells. */
function positions({ body, at }: JsonCursor): string[] {
  const end = body.indexOf(']', at);
  const labels = ['0'];
  for (let place = at; place < end; place++) {
    if (body[place] === 0x2c) labels.push(String(labels.length));
  }
  return labels;
}

/** Reads `[0, 1, 2, …]` and returns its length; null for any other list or one that does not fit the window. */
function takeRange(cursor: JsonCursor): number | null {
  if (!take(cursor, '[')) return null;
  const memory = numbersMemory();
  loadWindow(memory, cursor.body, cursor.at, cursor.body.length);
  if (memory.kernel.parseJsonRange(layout.window) !== passEnd.closed) return null;
  cursor.at += memory.kernel.getPosition() - layout.window;
  skipSpace(cursor);
  return memory.kernel.getRowCount();
}

function readRecords(cursor: JsonCursor): Envelope | null {
  if (!take(cursor, '[')) return null;
  const rowsAt = cursor.at;
  const labels = firstKeys(cursor);
  const packedKeys = labels && packKeys(labels);
  if (labels === null || packedKeys === null) return null;
  return { form: 'records', labels, hasLabels: true, rowsAt, indexLength: null, packedKeys };
}

/** Keys of the first record; its values are only passed over here. */
function firstKeys(cursor: JsonCursor): string[] | null {
  if (!take(cursor, '{')) return null;
  const labels: string[] = [];
  do {
    const key = takeString(cursor);
    if (key === null || !take(cursor, ':')) return null;
    labels.push(key);
    skipNumber(cursor);
  } while (take(cursor, ','));
  return take(cursor, '}') ? labels : null;
}

/** Passes over everything up to a comma, a bracket or white space. */
function skipNumber(cursor: JsonCursor): void {
  const { body } = cursor;
  while (
    cursor.at < body.length &&
    !', \t\r\n}]{["'.includes(String.fromCharCode(body[cursor.at]!))
  ) {
    cursor.at++;
  }
}
