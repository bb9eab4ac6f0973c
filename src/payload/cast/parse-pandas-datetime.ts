/**
 * The forms of dates that pandas guesses from a text, as far as they are decided here: year first or last with `-`, `/`
 * or `.`, compact `20240102`, English months, and a time with fraction and offset. Two-digit years and AM/PM are refused.
 * Source: pandas 3.1 _libs/tslibs/parsing.pyx `guess_datetime_format`.
 */
import { NOT_A_TIME } from '../../data/dtype.ts';
import { type DateParts, fractionToNanoseconds, isCalendarDay, toNanoseconds } from './calendar.ts';
import { matchMonthName } from './match-month-name.ts';
import { pythonError } from './python-error.ts';

/** The form of a text: two texts of one column must share it. */
export interface DateForm {
  /** Spelling of everything that is no digit group. */
  readonly shape: string;
  readonly order: 'ymd' | 'mdy' | 'dmy';
  /** Minutes east of UTC; absent in naive texts. */
  readonly offsetMinutes?: number;
}

interface Match {
  readonly shape: string;
  /** A second shape that the text fits as well. */
  readonly otherShape?: string;
  readonly yearFirst: boolean;
  readonly fields: readonly [number, number, number];
  readonly time: Time;
}

interface Time {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** Minutes east of UTC; undefined in a naive text. */
  readonly offsetMinutes: number | undefined;
}

const zone = String.raw`\s?(Z|UTC|GMT|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)`;
const time = String.raw`(?:([T ])(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?(?:${zone})?)?`;
const yearFirst = new RegExp(String.raw`^(\s*)(\d{4})([-/.])(\d{1,2})\3(\d{1,2})${time}(\s*)$`);
const yearLast = new RegExp(String.raw`^(\s*)(\d{1,2})([-/.])(\d{1,2})\3(\d{4})${time}(\s*)$`);
const compact = /^(\d{4})(\d\d)(\d\d)(?:([T ])(\d\d)(\d\d)(\d\d)?)?$/;
const yearMonth = /^(\d{4})(?:-(\d\d))?$/;

/** Tells the form of a text. @throws INVALID_INPUT when it is none of those decided here */
export function readDateForm(text: string): DateForm {
  const match = matchDate(text);
  if (match === null) throw unknownDate(text);
  const order = match.yearFirst ? 'ymd' : match.fields[0] > 12 ? 'dmy' : 'mdy';
  const form = { shape: match.shape, order } as const;
  const { offsetMinutes } = match.time;
  return offsetMinutes === undefined ? form : { ...form, offsetMinutes };
}

/** Nanoseconds of a text of that form; an offset is applied. @throws INVALID_INPUT when it has another form */
export function readInForm(text: string, form: DateForm): bigint {
  const match = matchDate(text);
  if (match === null || (match.shape !== form.shape && match.otherShape !== form.shape)) {
    throw pythonError(
      'ValueError',
      `time data "${text}" doesn't match the form of the first value of the column`,
    );
  }
  const { offsetMinutes } = match.time;
  if (offsetMinutes !== form.offsetMinutes) {
    throw pythonError('ValueError', 'Mixed timezones detected.');
  }
  const local = toTicks(text, orderFields(match, form.order));
  return local - BigInt(offsetMinutes ?? 0) * 60_000_000_000n;
}

function orderFields({ fields, time: clock }: Match, order: DateForm['order']): DateParts {
  const [a, b, c] = fields;
  if (order === 'ymd') return { year: a, month: b, day: c, ...clock };
  return order === 'mdy'
    ? { year: c, month: a, day: b, ...clock }
    : { year: c, month: b, day: a, ...clock };
}

function toTicks(text: string, parts: DateParts): bigint {
  const { year, month, day, hour, minute, second } = parts;
  if (!isCalendarDay(year, month, day)) {
    throw pythonError('DateParseError', `day is out of range for month: ${text}`);
  }
  if (hour > 23 || minute > 59 || second > 59) {
    throw pythonError('DateParseError', `time of day is out of range: ${text}`);
  }
  const ticks = toNanoseconds(parts);
  if (BigInt.asIntN(64, ticks) !== ticks || ticks === NOT_A_TIME) {
    throw pythonError('OutOfBoundsDatetime', `Out of bounds nanosecond timestamp: ${text}`);
  }
  return ticks;
}

function matchDate(text: string): Match | null {
  return matchSeparated(text) ?? matchCompact(text) ?? matchMonth(text) ?? matchNamed(text);
}

function matchSeparated(text: string): Match | null {
  const first = yearFirst.exec(text);
  const parts = first ?? yearLast.exec(text);
  if (parts === null) return null;
  const [, before = '', a, separator = '', b, c, divider, hour, minute, second] = parts;
  const [fraction, zoneText, after = ''] = parts.slice(10);
  const present = [hour, minute, second, fraction, zoneText].map((part) => part !== undefined);
  return {
    shape: [first !== null, before, separator, divider, ...present, after].join('|'),
    yearFirst: first !== null,
    fields: [Number(a), Number(b), Number(c)],
    time: {
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
      nanosecond: fractionToNanoseconds(fraction ?? ''),
      offsetMinutes: readOffset(zoneText),
    },
  };
}

/** `Z`, `UTC`, `GMT`, `+hh`, `+hhmm` or `+hh:mm`. */
function readOffset(zoneText: string | undefined): number | undefined {
  if (zoneText === undefined) return undefined;
  if (!/\d/.test(zoneText)) return 0;
  const digits = zoneText.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zoneText.startsWith('-') && minutes > 0 ? -minutes : minutes;
}

function matchCompact(text: string): Match | null {
  const parts = compact.exec(text);
  if (parts === null) return null;
  const [, year, month, day, divider, hour, minute, second] = parts;
  return {
    shape: `compact|${divider}|${second !== undefined}`,
    yearFirst: true,
    fields: [Number(year), Number(month), Number(day)],
    time: {
      ...midnight,
      hour: Number(hour ?? 0),
      minute: Number(minute ?? 0),
      second: Number(second ?? 0),
    },
  };
}

const midnight: Time = { hour: 0, minute: 0, second: 0, nanosecond: 0, offsetMinutes: undefined };

function matchNamed(text: string): Match | null {
  const named = matchMonthName(text);
  return named === null
    ? null
    : { ...named, yearFirst: true, fields: [named.year, named.month, named.day], time: midnight };
}

function matchMonth(text: string): Match | null {
  const parts = yearMonth.exec(text);
  if (parts === null) return null;
  const [, year, month] = parts;
  return {
    shape: `month|${month !== undefined}`,
    yearFirst: true,
    fields: [Number(year), Number(month ?? 1), 1],
    time: midnight,
  };
}

function unknownDate(text: string): Error {
  return pythonError(
    'DateParseError',
    `Unknown datetime string format, unable to parse: ${text} (write dates as 2024-01-02T03:04:05)`,
  );
}
