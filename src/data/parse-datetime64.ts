/** Dates and times as `np.datetime64(text)` reads them. Source: NumPy 2 datetime_strings.c. */

/** What the text says: nanoseconds since the epoch (UTC), and the finest part that it names. */
export interface ParsedDatetime64 {
  readonly nanoseconds: bigint;
  readonly unit: 'Y' | 'M' | 'D' | 'h' | 'm' | 's' | 'ms' | 'us' | 'ns' | 'finer';
  readonly year: number;
}

// Space is that of C's `isspace`.
const form =
  /^[ \t-\r]*([+-]?\d+)(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?[ \t-\r]*)?)?)?$/;

const daysBefore = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads an ISO 8601 text; `NaT` and the empty text give null.
 * @throws SyntaxError when NumPy would refuse it
 */
export function parseDatetime64(text: string): ParsedDatetime64 | null {
  if (/^(nat)?$/i.test(text)) return null;
  const parts = form.exec(text);
  if (parts === null) throw new SyntaxError(`${text} is not an ISO 8601 date or time`);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((index) =>
    parts[index] === undefined ? undefined : Number(parts[index]),
  );
  checkDate(year ?? 0, month ?? 1, day ?? 1, text);
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) {
    throw new SyntaxError(`${text} has no such time of day`);
  }
  const days = countDays(year ?? 0, month ?? 1, day ?? 1);
  const seconds = days * 86_400n + BigInt((hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0));
  const fraction = (parts[7] ?? '').slice(0, 9).padEnd(9, '0');
  return {
    nanoseconds: (seconds - readOffset(parts[8])) * 1_000_000_000n + BigInt(fraction),
    unit: finestUnit(parts),
    year: year ?? 0,
  };
}

function checkDate(year: number, month: number, day: number, text: string): void {
  const leap = month === 2 && isLeapYear(year) ? 1 : 0;
  const last = (daysBefore[month - 1] ?? 0) + leap;
  if (month < 1 || day < 1 || day > last) throw new SyntaxError(`${text} has no such day`);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 1970-01-01, in the proleptic Gregorian calendar; years of any size. */
function countDays(year: number, month: number, day: number): bigint {
  const eras = Math.floor(year / 400);
  const milliseconds = Date.UTC(2000 + (year - eras * 400), month - 1, day);
  return BigInt(milliseconds / 86_400_000) + BigInt(eras - 5) * 146_097n;
}

/** Seconds east of UTC of `Z`, `+hh`, `+hhmm` or `+hh:mm`. */
function readOffset(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const seconds = Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60;
  return BigInt(zone.startsWith('-') ? -seconds : seconds);
}

function finestUnit(parts: readonly (string | undefined)[]): ParsedDatetime64['unit'] {
  const digits = parts[7]?.length;
  if (digits !== undefined)
    return (['ms', 'us', 'ns'] as const)[Math.ceil(digits / 3) - 1] ?? 'finer';
  const last = [6, 5, 4, 3, 2].find((index) => parts[index] !== undefined);
  return ({ 6: 's', 5: 'm', 4: 'h', 3: 'D', 2: 'M' } as const)[last as 2] ?? 'Y';
}
