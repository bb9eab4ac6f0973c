import type { PickleMachine } from './pickle-machine.ts';

/** Source: CPython `sys.int_info.default_max_str_digits`. */
const digitLimit = 4300;
const integerText = /^[+-]?\d+$/;
const floatText = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const specialText = /^([+-])?(inf|infinity|nan)$/i;

/** An integer in decimal text. @throws MODEL_FILE_INVALID */
export function readDecimal(text: string, machine: PickleMachine): bigint {
  const digits = text.trim();
  if (digits.length > digitLimit || !integerText.test(digits)) {
    throw machine.fail('an integer is not decimal, or too long');
  }
  return BigInt(digits.replace(/^\+/, ''));
}

/** A float in the text of Python's `repr`. @throws MODEL_FILE_INVALID */
export function readFloatText(text: string, machine: PickleMachine): number {
  const digits = text.trim();
  if (floatText.test(digits)) return Number(digits);
  const special = specialText.exec(digits);
  if (special === null) throw machine.fail('a float is not a number');
  if (special[2]?.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
