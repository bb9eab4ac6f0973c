/** Days, hours and offsets → nanoseconds since 1970-01-01, in the proleptic Gregorian calendar. */

/** A date and time of day; `nanosecond` is the fraction of the second. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True when the month has that day. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = (daysOfMonth[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
  return day >= 1 && day <= last;
}

/** Nanoseconds since the epoch; years of any size. */
export function toNanoseconds(parts: DateParts): bigint {
  const eras = Math.floor(parts.year / 400);
  // 2000 starts an era, and Date.UTC counts its years exactly.
  const start = Date.UTC(2000 + (parts.year - eras * 400), parts.month - 1, parts.day);
  const days = BigInt(start / 86_400_000) + BigInt(eras - 5) * 146_097n;
  const seconds = BigInt(parts.hour * 3600 + parts.minute * 60 + parts.second);
  return (days * 86_400n + seconds) * 1_000_000_000n + BigInt(parts.nanosecond);
}

/** The first nine digits of a fraction, as nanoseconds. */
export function fractionToNanoseconds(digits: string): number {
  return Number(digits.slice(0, 9).padEnd(9, '0'));
}
