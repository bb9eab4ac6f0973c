/** Parsers of option values; each refuses in click's words. */
import type { Option } from 'commander';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { optionNames } from './usage-message.ts';

/** Makes the error for a bad value of `option`. */
export function invalidValue(option: Option, reason: string): SlipwayError {
  return slipwayError('USAGE', `Invalid value for ${optionNames(option.flags)}: ${reason}`);
}

/** The error for an option that must be given. */
export function missingOption(flags: string): SlipwayError {
  return slipwayError('USAGE', `Missing option ${optionNames(flags)}.`);
}

/** Makes `option` take a whole number of at least `minimum`, and at most `maximum` where there is one. */
export function takesInteger(option: Option, minimum: number, maximum?: number): Option {
  return option.argParser((text: string) => {
    const value = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value))
      throw invalidValue(option, `'${text}' is not a valid integer.`);
    if (value < minimum || (maximum !== undefined && value > maximum)) {
      const range = maximum === undefined ? `x>=${minimum}` : `${minimum}<=x<=${maximum}`;
      throw invalidValue(option, `${value} is not in the range ${range}.`);
    }
    return value;
  });
}

/** The same for a port; 0 takes a free one. */
export function takesPort(option: Option): Option {
  return takesInteger(option, 0, 65_535);
}

/** Makes `option` take a number of bytes: `1000`, `500kB`, `100MB`, `1GiB`. At least 1. */
export function takesSize(option: Option): Option {
  return option.argParser((text: string) => {
    const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
    const factor = sizeUnits.get(unit.toLowerCase());
    const bytes = factor === undefined || digits === '' ? Number.NaN : Number(digits) * factor;
    if (Number.isSafeInteger(Math.round(bytes)) && bytes >= 1) return Math.round(bytes);
    throw invalidValue(option, `'${text}' is not a size, such as 500kB, 100MB or 1GiB.`);
  });
}

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ...['k', 'm', 'g'].flatMap((letter, at): (readonly [string, number])[] => [
    [letter, 1024 ** (at + 1)],
    [`${letter}b`, 1000 ** (at + 1)],
    [`${letter}ib`, 1024 ** (at + 1)],
  ]),
]);

/** Makes `option` take a file mode in octal digits. */
export function takesMode(option: Option): Option {
  return option.argParser((text: string) => {
    if (/^(0o?)?[0-7]{3}$/.test(text)) return Number.parseInt(text.slice(-3), 8);
    throw invalidValue(option, `'${text}' is not a mode, such as 660.`);
  });
}

/** Makes `option` take one of `choices`. */
export function takesChoice(option: Option, choices: readonly string[]): Option {
  return option.argParser((text: string) => {
    if (choices.includes(text)) return text;
    const known = choices.map((choice) => `'${choice}'`).join(', ');
    throw invalidValue(option, `'${text}' is not one of ${known}.`);
  });
}

/** Makes `option` take true or false in click's spellings. */
export function takesBoolean(option: Option): Option {
  return option.argParser((text: string) => {
    const known = spellings.get(text.trim().toLowerCase());
    if (known === undefined) throw invalidValue(option, `'${text}' is not a valid boolean.`);
    return known;
  });
}

const spellings: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 't', 'yes', 'y', 'on'].map((text) => [text, true] as const),
  ...['0', 'false', 'f', 'no', 'n', 'off'].map((text) => [text, false] as const),
]);
