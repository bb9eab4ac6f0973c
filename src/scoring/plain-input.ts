/** Which data a scorer can take as columns and arrays, when it could also parse the request itself. */
import { isFrame } from '../data/frame.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict } from '../data/py-value.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import { isDatetimeVector } from '../data/vector-values.ts';
import type { Vector } from '../data/vector.ts';
import type { Signature } from '../model/signature.ts';

/**
 * True for a frame, an array or a dict of arrays whose elements are numbers, booleans, naive datetimes or text;
 * a frame with an index, labels that are lists, or extension dtypes, is not plain.
 */
export function isPlainInput(input: ScoringInput): boolean {
  if (isFrame(input)) {
    if (input.index !== undefined) return false;
    return input.columns.every(
      ({ label, data, extension }) =>
        typeof label !== 'object' && extension === undefined && isPlain(data),
    );
  }
  if (isPyDict(input)) return input.size > 0 && [...input.values()].every(isPlainArray);
  return isPlainArray(input);
}

function isPlainArray(value: ScoringInput): boolean {
  return isNdArray(value) && value.data.dtype !== 'object' && isPlain(value.data);
}

function isPlain(vector: Vector): boolean {
  if (isDatetimeVector(vector)) return vector.timeZone === undefined;
  switch (vector.dtype) {
    case 'bytes':
      return false;
    case 'str':
    case 'object':
      return vector.values.every(isText) || vector.values.every(isIntegerOrNull);
    default:
      return true;
  }
}

/** Half surrogate pairs have no UTF-8, so whoever passes text on between processes cannot keep them. */
const halfPair = /\p{Surrogate}/u;

function isText(value: unknown): boolean {
  return value === null || (typeof value === 'string' && !halfPair.test(value));
}

/** Lenient types keep such columns where a float64 would round them. */
function isIntegerOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'bigint' && BigInt.asIntN(64, value) === value);
}

/**
 * True where our own decoding and enforcement refuse what MLflow's refuse, and give what they give: scalar columns
 * and tensors. Datetimes are left out, since pandas guesses at forms that we refuse.
 */
export function isExactlyTyped(signature: Signature | null): boolean {
  if (signature === null || signature.inputs === null || signature.fromTypeHint) return false;
  const { inputs } = signature;
  if (inputs.kind === 'tensors') return inputs.tensors.every(({ dtype }) => dtype !== null);
  return inputs.columns.every(({ type }) => type.kind === 'scalar' && type.type !== 'datetime');
}
