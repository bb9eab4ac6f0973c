/** The `inputs` key of a request. Source: MLflow 3.17.2 utils/proto_json_utils.py `_cast_schema_type`. */
import { boundedStr } from '../../data/bounded-repr.ts';
import type { PyDict, PyValue } from '../../data/py-value.ts';
import { pythonClass } from '../../data/python-repr.ts';
import { slipwayError } from '../../errors/slipway-error.ts';
import { isNamedSchema, type Schema } from '../../model/signature.ts';
import type { ValueOptions } from '../../schema/enforce-value.ts';
import { convertValue, type InputSpec } from './convert-value.ts';

/** Specs by name; empty for an unnamed schema. The last of equal names wins. */
export type SpecsByName = ReadonlyMap<string, InputSpec>;

/** Specs of a named schema by name. */
export function specsByName(schema: Schema | null): SpecsByName {
  if (schema === null || !isNamedSchema(schema)) return new Map();
  const specs = schema.kind === 'columns' ? schema.columns : schema.tensors;
  return new Map(
    specs.map((spec, at) => [spec.name === '' ? String(at) : (spec.name ?? ''), spec]),
  );
}

/** Converts `inputs` by the schema, or by NumPy's inference without one. @throws INVALID_INPUT */
export function parseInputs(value: PyValue, schema: Schema | null, options: ValueOptions): PyValue {
  const specs = specsByName(schema);
  const input = wrapSingle(value, specs);
  if (input === value && schema !== null && specs.size === 0) checkUnnamed(value);
  if (input instanceof Map) return convertDict(input, specs, options);
  const first = schema === null ? undefined : firstSpec(schema);
  if (Array.isArray(input)) {
    return input.every((item) => item instanceof Map)
      ? (input as readonly PyDict[]).map((item) => convertDict(item, specs, options))
      : convertValue(input, first, options);
  }
  return convertScalar(input, first, options);
}

/** A list without objects belongs to the only name. */
function wrapSingle(value: PyValue, specs: SpecsByName): PyValue {
  const [name] = specs.keys();
  if (specs.size !== 1 || name === undefined || !Array.isArray(value)) return value;
  return value.some((item) => item instanceof Map) ? value : new Map([[name, value as PyValue]]);
}

function checkUnnamed(value: PyValue): void {
  if (value !== null && !(value instanceof Map)) return;
  throw slipwayError(
    'INVALID_INPUT',
    'Invalid input. Failed to parse input data. This model contains an un-named  model signature which expects a ' +
      `single n-dimensional array or a single value as input, however, an input of type ${pythonClass(value)} was found.`,
  );
}

function firstSpec(schema: Schema): InputSpec {
  return schema.kind === 'columns' ? schema.columns[0] : schema.tensors[0];
}

function convertDict(dict: PyDict, specs: SpecsByName, options: ValueOptions): PyDict {
  return new Map(
    Array.from(
      dict,
      ([name, value]) => [name, convertValue(value, specs.get(name), options)] as const,
    ),
  );
}

function convertScalar(value: PyValue, spec: InputSpec, options: ValueOptions): PyValue {
  try {
    return convertValue(value, spec, options);
  } catch (cause) {
    throw slipwayError(
      'INVALID_INPUT',
      `Invalid input. Failed to convert data \`${boundedStr(value, 100)}\` to the type defined in the model signature.`,
      { details: { column: spec?.name ?? null, value: boundedStr(value, 100) }, cause },
    );
  }
}
