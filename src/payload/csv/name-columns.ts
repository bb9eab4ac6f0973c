/** Column names of a header line as pandas makes them: fills empty ones, renames duplicates. */

/** Names after mangling; `renamed` maps a new name to the one it came from. */
export interface ColumnNames {
  readonly names: readonly string[];
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Empty cells become `Unnamed: i`; a repeated name gets `.1`, `.2`, …, avoiding names that the
 * header has. Named columns come before unnamed ones. Source: pandas 3.1 TextReader._get_header.
 */
export function nameColumns(cells: readonly string[]): ColumnNames {
  const names = cells.map((cell, index) => (cell === '' ? `Unnamed: ${index}` : cell));
  const taken = new Map<string, number>();
  for (const name of names) taken.set(name, (taken.get(name) ?? 0) + 1);
  const counts = new Map<string, number>();
  const renamed = new Map<string, string>();
  for (const index of namedFirst(cells)) {
    const original = names[index]!;
    const name = freeName(original, counts, taken);
    if (name !== original) {
      renamed.set(name, original);
      replaceName(taken, original, name);
    }
    names[index] = name;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return { names, renamed };
}

function namedFirst(cells: readonly string[]): number[] {
  const indices = cells.map((_, index) => index);
  return [
    ...indices.filter((index) => cells[index] !== ''),
    ...indices.filter((index) => cells[index] === ''),
  ];
}

function replaceName(taken: Map<string, number>, from: string, to: string): void {
  taken.set(from, taken.get(from)! - 1);
  taken.set(to, (taken.get(to) ?? 0) + 1);
}

function freeName(
  original: string,
  counts: Map<string, number>,
  taken: ReadonlyMap<string, number>,
): string {
  let name = original;
  let count = counts.get(name) ?? 0;
  while (count > 0) {
    counts.set(original, count + 1);
    name = `${original}.${count}`;
    count = (taken.get(name) ?? 0) > 0 ? count + 1 : (counts.get(name) ?? 0);
  }
  return name;
}
