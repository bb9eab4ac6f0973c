/** Enforces the params schema of a signature on the params of a request. Source: MLflow 3.17.2 models/utils.py `_enforce_params_schema`. */
import { boundedRepr, boundedStr } from '../data/bounded-repr.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import { pythonTypeName } from '../data/python-repr.ts';
import type { ScoringParams } from '../data/scoring-data.ts';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { coerceParamScalar } from '../model/coerce-param.ts';
import type { ParamSpec, ScalarType } from '../model/signature.ts';
import { describeType } from '../model/describe-signature.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { enforceValue } from './enforce-value.ts';
import { shortTypeName } from './short-type-name.ts';

/** A param that does not fit: what MLflow says of it. */
interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/**
 * Checks params and fills in defaults: given keys first, then the others in schema order. Unknown keys are dropped.
 * Without a schema a model gets what MLflow hands it: null, or an empty dict.
 *
 * @throws INVALID_PARAMS with every failure
 */
export function enforceParams(
  params: PyValue,
  specs: readonly ParamSpec[] | null,
  options: EnforceOptions,
): ScoringParams {
  if (specs === null) return params === null ? null : new Map();
  const given = params ?? new Map<string, PyValue>();
  if (!isPyDict(given)) {
    throw slipwayError(
      'INVALID_PARAMS',
      `Parameters must be a dictionary. Got type '${shortTypeName(given)}'.`,
    );
  }
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const enforced = new Map<string, PyValue>();
  const refusals: Refusal[] = [];
  for (const [name, value] of given) {
    const spec = byName.get(name);
    const result = spec === undefined ? undefined : enforceParam(value, spec, options);
    if (typeof result === 'string') refusals.push({ name, reason: result });
    else if (result !== undefined) enforced.set(name, result.value);
  }
  if (refusals.length > 0) throw invalidParams(refusals, specs);
  for (const spec of specs) if (!enforced.has(spec.name)) enforced.set(spec.name, spec.default);
  return enforced;
}

/** In the order of the schema; MLflow's is that of a set. */
function invalidParams(refusals: readonly Refusal[], specs: readonly ParamSpec[]): Error {
  const order = new Map(specs.map(({ name }, position) => [name, position]));
  const sorted = refusals.toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
  const texts = sorted.map(
    ({ name, reason }) => `(${boundedRepr(name)}, ${boundedRepr(reason, 1000)})`,
  );
  return slipwayError('INVALID_PARAMS', `Invalid parameters found: {${texts.join(', ')}}`, {
    details: { params: sorted },
  });
}

/** The value as the model gets it, or why it is refused. */
function enforceParam(
  value: PyValue,
  spec: ParamSpec,
  options: EnforceOptions,
): { readonly value: PyValue } | string {
  if (spec.shape !== null) return enforceList(value, spec);
  if (spec.type.kind === 'scalar') return enforceScalar(value, spec.type.type, describeParam(spec));
  try {
    enforceValue(value, spec.type, 'required', options);
    return { value };
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return failedFor(describeParam(spec), error.message);
  }
}

function enforceScalar(
  value: PyValue,
  type: ScalarType,
  spec: string,
): { readonly value: PyValue } | string {
  const coerced = coerceParamScalar(value, type);
  return coerced === undefined ? failedFor(spec, explain(value, type)) : { value: coerced };
}

function enforceList(value: PyValue, spec: ParamSpec): { readonly value: PyValue } | string {
  const text = describeParam(spec);
  const shape = shapeOf(value);
  if (!isPyList(value) || shape.length !== 1) {
    return (
      `Value must be a 1D array with shape (-1,) for param ${text}, ` +
      `received ${shortTypeName(value)} with ndim ${shape.length}`
    );
  }
  const { type } = spec;
  if (type.kind !== 'scalar') return failedFor(text, 'a list of objects is not supported');
  const items: PyValue[] = [];
  for (const item of value) {
    const result = enforceScalar(item, type.type, text);
    if (typeof result === 'string') return result;
    items.push(result.value);
  }
  return { value: items };
}

/** Shape of `np.array(value)`. @throws INVALID_INPUT when lists of different shapes stand side by side, as MLflow does */
function shapeOf(value: PyValue): readonly number[] {
  if (!isPyList(value)) return [];
  const [first = [], ...others] = value.map(shapeOf);
  if (others.every((other) => String(other) === String(first))) return [value.length, ...first];
  throw slipwayError(
    'INVALID_INPUT',
    'A param that is a list holds lists of different lengths; it must be a list of scalars.',
  );
}

function failedFor(spec: string, reason: string): string {
  return `Failed to validate type and shape for ${spec}, error: ${reason}`;
}

function explain(value: PyValue, type: ScalarType): string {
  const text = boundedStr(value, 100);
  if (type === 'datetime') {
    return `Failed to convert value \`${text}\` from type \`<class '${pythonTypeName(value)}'>\` to \`DataType.datetime\``;
  }
  if (isPyList(value) || isPyDict(value) || isNdArray(value)) {
    return `Value must be a scalar for type \`DataType.${type}\`, got \`${text}\``;
  }
  return `Can not safely convert \`<class '${pythonTypeName(value)}'>\` to \`DataType.${type}\` for value \`${text}\``;
}

/** `'i': integer (default: 1)`. */
function describeParam(spec: ParamSpec): string {
  const shape = spec.shape === null ? '' : ` (shape: (${spec.shape.join(', ')},))`;
  return `${boundedRepr(spec.name)}: ${describeType(spec.type)} (default: ${boundedStr(spec.default, 100)})${shape}`;
}
