/** Dates and times as `np.datetime64(text, 'ns')` reads them. Source: NumPy 2.4 datetime_strings.c. */
import { reprString } from '../../data/python-repr.ts';
import { fractionToNanoseconds, isCalendarDay, toNanoseconds } from './calendar.ts';
import { pythonError } from './python-error.ts';

const form =
  /^\s*([+-]?\d+)(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d*))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?)?)?$/;

/**
 * Reads an ISO 8601 text; an offset is applied. The result may lie beyond 64 bits: NumPy wraps it.
 * @returns nanoseconds since the epoch; null for `NaT` and the empty text
 * @throws INVALID_INPUT when NumPy would refuse the text; also for `now` and `today`, which depend on the clock
 */
export function parseNumpyDatetime(text: string): bigint | null {
  if (text === '' || /^nat$/i.test(text)) return null;
  const parts = form.exec(text);
  if (parts === null) throw refused(text);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = [1, 2, 3, 4, 5, 6].map(
    (at) => (parts[at] === undefined ? undefined : Number(parts[at])),
  );
  if (!isCalendarDay(year, month, day) || hour > 23 || minute > 59 || second > 59) {
    throw refused(text);
  }
  const nanosecond = fractionToNanoseconds(parts[7] ?? '');
  const local = toNanoseconds({ year, month, day, hour, minute, second, nanosecond });
  return local - offsetNanoseconds(parts[8]);
}

/** Nanoseconds east of UTC of `Z`, `+hh`, `+hhmm` or `+hh:mm`. */
function offsetNanoseconds(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = BigInt(digits.slice(0, 2)) * 60n + BigInt(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000_000_000n;
}

function refused(text: string): Error {
  return pythonError('ValueError', `Error parsing datetime string ${reprString(text)}`);
}
