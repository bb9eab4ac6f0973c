/** Dates with an English month: `Jan 2 2024`, `January 2, 2024`, `2 Jan 2024`, `02-Jan-2024`. Source: pandas 3.1 parsing.pyx. */

const names =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** A date with a named month, and the spelling that all texts of a column must share. */
export interface NamedDate {
  readonly shape: string;
  /** May is both a full and a short name; a first text is taken as full. */
  readonly otherShape?: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const monthFirst = /^([A-Z][a-z]+) (\d{1,2})(,?) (\d{4})$/;
const dayFirst = /^(\d{1,2})([- ])([A-Z][a-z]+)\2(\d{4})$/;

/** Reads the date; null when it has no named month. */
export function matchMonthName(text: string): NamedDate | null {
  const first = monthFirst.exec(text);
  if (first !== null) {
    const [, name = '', day, comma = '', year] = first;
    return describe(name, `month day${comma}`, Number(day), Number(year));
  }
  const second = dayFirst.exec(text);
  if (second === null) return null;
  const [, day, separator = '', name = '', year] = second;
  return describe(name, `day${separator}month`, Number(day), Number(year));
}

function describe(name: string, layout: string, day: number, year: number): NamedDate | null {
  const full = names.indexOf(name);
  const short = names.findIndex((one) => one.slice(0, 3) === name);
  if (full === -1 && short === -1) return null;
  const shape = `${full === -1 ? 'short' : 'full'} ${layout}`;
  const date = { shape, year, month: Math.max(full, short) + 1, day };
  return full !== -1 && short !== -1 ? { ...date, otherShape: `short ${layout}` } : date;
}
