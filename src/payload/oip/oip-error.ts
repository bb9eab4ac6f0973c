import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** A request that is not of the protocol's form. Messages repeat names and shapes, never values. */
export function invalidRequest(problem: string, cause?: unknown): SlipwayError {
  return slipwayError('INVALID_INPUT', `Invalid inference request: ${problem}`, { cause });
}

/** An input that is not what its own shape and datatype, or the model, want. */
export function invalidInput(name: string, problem: string, cause?: unknown): SlipwayError {
  return slipwayError('INVALID_INPUT', `Input '${shorten(name)}' ${problem}`, {
    details: { input: name },
    cause,
  });
}

/** `[-1, 1]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

const longestName = 200;

/** A name as messages repeat it. */
export function shorten(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}
