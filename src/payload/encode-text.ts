/** Strings, bytes and datetimes as MLflow's response JSON has them. Source: json.dumps, mlflow NumpyEncoder 3.17.2. */
import { NOT_A_TIME } from '../data/dtype.ts';

/** What JSON.stringify leaves but Python escapes: DEL and everything beyond ASCII. */
// oxlint-disable-next-line no-control-regex -- the range is exactly what is meant
const beyondAscii = /[\u007f-\uffff]/g;

/** JSON string, ASCII only, each UTF-16 unit escaped as `\uXXXX`. */
export function encodeString(text: string): string {
  const quoted = JSON.stringify(text);
  beyondAscii.lastIndex = 0;
  return beyondAscii.test(quoted) ? quoted.replaceAll(beyondAscii, escapeUnit) : quoted;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Bytes of one base64 line of Python's `base64.encodebytes`. */
const base64LineBytes = 57;

/** Base64 with a line feed after every 76 characters and at the end; empty for no bytes. */
export function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += base64LineBytes) {
    const line = bytes.subarray(at, at + base64LineBytes);
    text += `${Buffer.from(line.buffer, line.byteOffset, line.length).toString('base64')}\\n`;
  }
  return `"${text}"`;
}

const nanosecondsPerSecond = 1_000_000_000n;

/**
 * `Timestamp.isoformat` of nanoseconds since the epoch: microseconds where there are any, nanoseconds
 * where they are not whole; `NaT` for the missing value. `timeZone` appends the offset there.
 */
export function isoTimestamp(nanoseconds: bigint, timeZone?: string): string {
  if (nanoseconds === NOT_A_TIME) return 'NaT';
  const offset = timeZone === undefined ? 0 : offsetMinutes(nanoseconds, timeZone);
  const local = nanoseconds + BigInt(offset) * 60n * nanosecondsPerSecond;
  const suffix = timeZone === undefined ? '' : formatOffset(offset);
  const fraction = floorMod(local, nanosecondsPerSecond);
  const milliseconds = Number((local - fraction) / 1_000_000n);
  const seconds = isoYear(new Date(milliseconds).toISOString().slice(0, -5));
  if (fraction === 0n) return seconds + suffix;
  const digits = String(fraction).padStart(9, '0');
  return `${seconds}.${digits.endsWith('000') ? digits.slice(0, 6) : digits}${suffix}`;
}

/** JavaScript writes years beyond 9999 with a sign and six digits; pandas writes them plainly. */
function isoYear(text: string): string {
  return text.replace(/^\+0*/, '');
}

function floorMod(value: bigint, modulus: bigint): bigint {
  return ((value % modulus) + modulus) % modulus;
}

function offsetMinutes(nanoseconds: bigint, timeZone: string): number {
  const fixed = /^(?:UTC)?([+-])(\d{2}):?(\d{2})$/.exec(timeZone);
  if (fixed !== null)
    return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const parts = format.formatToParts(Number(nanoseconds / 1_000_000n));
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? 0 : offsetMinutes(nanoseconds, name.slice(3));
}

function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const hours = String(Math.trunc(size / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

/**
 * A datetime64 of `unit` as `tolist` gives it to JSON: nanoseconds are integers; coarser units are ISO texts
 * (days: the date alone) within the years 1 to 9999, integers beyond; missing is null.
 */
export function encodeDatetime64(nanoseconds: bigint | null, unit: string): string {
  if (nanoseconds === null || nanoseconds === NOT_A_TIME) return 'null';
  const ticks = ticksOf(nanoseconds, unit);
  if (unit === 'ns') return String(ticks);
  const milliseconds = Number(nanoseconds / 1_000_000n);
  if (milliseconds < firstYear || milliseconds >= afterLastYear) return String(ticks);
  const text = isoTimestamp(nanoseconds);
  return `"${dateUnits.has(unit) ? text.slice(0, 10) : text}"`;
}

const firstYear = Date.parse('0001-01-01T00:00:00Z');
const afterLastYear = Date.parse('+010000-01-01T00:00:00Z');
const dateUnits: ReadonlySet<string> = new Set(['D', 'W', 'M', 'Y']);

const ticksPerNanosecond: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  ms: 1_000_000n,
  s: nanosecondsPerSecond,
  m: 60n * nanosecondsPerSecond,
  h: 3600n * nanosecondsPerSecond,
  D: 86_400n * nanosecondsPerSecond,
};

function ticksOf(nanoseconds: bigint, unit: string): bigint {
  return nanoseconds / (ticksPerNanosecond[unit] ?? 1n);
}
