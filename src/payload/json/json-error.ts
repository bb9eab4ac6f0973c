/** The error of a body that is not JSON, worded as MLflow words Python's `JSONDecodeError`. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { reprBytes, reprString } from '../../data/python-repr.ts';

/** Longest part of the body that is repeated in a message. */
const excerptBytes = 200;

/** Error at UTF-16 position `at` of the text: names line, column and character as Python counts them. */
export function jsonSyntaxError(
  problem: string,
  text: string,
  at: number,
  body: Uint8Array,
): SlipwayError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length + 1;
  const position = Array.from(before).length;
  const message = `${problem}: line ${line} column ${column} (char ${position})`;
  return unreadableJson(`JSONDecodeError(${reprString(message)})`, body, {
    line,
    column,
    position,
  });
}

/** Error of a body that cannot be read at all; `problem` is Python's exception. */
export function unreadableJson(
  problem: string,
  body: Uint8Array,
  details: Readonly<Record<string, unknown>> = {},
): SlipwayError {
  const more = body.length > excerptBytes ? ` … (${body.length} bytes)` : '';
  const input = reprBytes(body.subarray(0, excerptBytes)) + more;
  return slipwayError(
    'INVALID_INPUT',
    `Invalid input. Ensure that input is a valid JSON formatted string. Error: '${problem}'\nInput: \n${input}\n`,
    { details },
  );
}
