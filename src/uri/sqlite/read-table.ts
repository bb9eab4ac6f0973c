/** The rows of a table, from the first to the last. Source: sqlite.org/fileformat2.html, section 1.6. */
import { type PageSource, SqliteError } from './page-source.ts';
import { readRecord, readVarint, type SqliteValue } from './read-record.ts';

const interiorTable = 5;
const leafTable = 13;
/** Deeper than a database of all the pages there can be. */
const deepest = 40;
/** Longest row that is read. */
const rowLimitBytes = 64 * 2 ** 20;

/** A row: the columns asked for, by name. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** Rows of the table `name` with some of its `columns`; null for those that it does not have. None without the table. */
export function* readTable(
  pages: PageSource,
  name: string,
  columns: readonly string[],
): Generator<SqliteRow> {
  const schema = [1, 3, 4];
  for (const payload of walk(pages, 1)) {
    const [own, root, sql] = readRecord(payload, schema);
    if (own !== name || typeof root !== 'number' || typeof sql !== 'string') continue;
    if (/\bWITHOUT\s+ROWID\b/i.test(sql)) throw new SqliteError(`its table ${name} has no row ids`);
    const names = columnNames(sql);
    const positions = columns.map((column) => names.indexOf(column));
    for (const row of walk(pages, root)) {
      const values = readRecord(row, positions);
      yield Object.fromEntries(columns.map((column, index) => [column, values[index] ?? null]));
    }
    return;
  }
}

/** Names in `CREATE TABLE name (…)`; constraints stand after the columns. */
export function columnNames(sql: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  let isStart = false;
  for (const [token] of sql.matchAll(
    /"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|'(?:[^']|'')*'|\w+|[(),]/g,
  )) {
    if (token === ')') depth--;
    if (depth === 1 && isStart && token !== '(') {
      if (/^(constraint|primary|foreign|unique|check)$/i.test(token)) return names;
      names.push(token.replaceAll(/^["`[]|["`\]]$/g, ''));
    }
    if (token === '(') depth++;
    isStart = depth === 1 && (token === '(' || token === ',');
  }
  return names;
}

/** Payloads of the cells below `root`. */
function* walk(
  pages: PageSource,
  root: number,
  seen: Set<number> = new Set(),
  depth = 0,
): Generator<Buffer> {
  if (seen.has(root) || depth > deepest) throw new SqliteError('its pages lead in a circle');
  seen.add(root);
  const page = pages.page(root);
  const start = root === 1 ? 100 : 0;
  const kind = page[start];
  if (kind !== interiorTable && kind !== leafTable)
    throw new SqliteError(`page ${root} is no table`);
  const count = page.readUInt16BE(start + 3);
  const pointers = start + (kind === leafTable ? 8 : 12);
  if (pointers + 2 * count > page.length) throw new SqliteError(`page ${root} is damaged`);
  for (let index = 0; index < count; index++) {
    const cell = page.readUInt16BE(pointers + 2 * index);
    if (cell + 4 > page.length) throw new SqliteError(`page ${root} is damaged`);
    if (kind === leafTable) yield readPayload(pages, page, cell);
    else yield* walk(pages, page.readUInt32BE(cell), seen, depth + 1);
  }
  if (kind === interiorTable) yield* walk(pages, page.readUInt32BE(start + 8), seen, depth + 1);
}

/** A long payload goes on in a chain of other pages. */
function readPayload(pages: PageSource, page: Buffer, cell: number): Buffer {
  const [length, afterLength] = readVarint(page, cell);
  const [, at] = readVarint(page, afterLength);
  const mostBytes = Math.min(rowLimitBytes, pages.pageCount * pages.usableBytes);
  if (length > mostBytes) throw new SqliteError(`a row of it has ${length} bytes`);
  const localBytes = localPart(length, pages.usableBytes);
  if (at + localBytes > page.length) throw new SqliteError('a row of it is cut');
  const parts = [page.subarray(at, at + localBytes)];
  let missing = length - localBytes;
  if (missing > 0 && at + localBytes + 4 > page.length) throw new SqliteError('a row of it is cut');
  let next = missing > 0 ? page.readUInt32BE(at + localBytes) : 0;
  while (missing > 0) {
    const overflow = pages.page(next);
    const part = overflow.subarray(4, Math.min(4 + missing, pages.usableBytes));
    parts.push(part);
    missing -= part.length;
    next = overflow.readUInt32BE(0);
  }
  return parts.length === 1 ? (parts[0] ?? page) : Buffer.concat(parts);
}

function localPart(length: number, usableBytes: number): number {
  const most = usableBytes - 35;
  if (length <= most) return length;
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usableBytes - 4));
  return fitting <= most ? fitting : least;
}
