import type { Option } from 'commander';
import { invalidValue } from './parse-value.ts';

const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, '': 1 };

/** Shortest time: 10 ms. */
const shortestSeconds = 0.01;

/** Makes `option` take a time such as `500ms`, `30s`, `5m` or `1h`; a bare number is seconds. The value is seconds. */
export function takesSeconds(option: Option): Option {
  return option.argParser((text: string) => {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim()) ?? [];
    const seconds = Number(digits ?? Number.NaN) * secondsOf[unit]!;
    if (seconds >= shortestSeconds && seconds <= 24 * 3600) return seconds;
    throw invalidValue(option, `'${text}' is not a time such as 500ms, 30s or 5m.`);
  });
}
