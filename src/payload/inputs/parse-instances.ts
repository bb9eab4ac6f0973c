/** The `instances` key: rows become columns. Source: MLflow 3.17.2 utils/proto_json_utils.py `parse_instances_data`. */
import { isNdArray } from '../../data/nd-array.ts';
import type { PyDict, PyValue } from '../../data/py-value.ts';
import { pythonTypeName } from '../../data/python-repr.ts';
import { isSlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import type { Schema } from '../../model/signature.ts';
import type { ValueOptions } from '../../schema/enforce-value.ts';
import { describePythonError, pythonError } from '../cast/python-error.ts';
import { convertToArray, isTensorSpec } from './convert-value.ts';
import { inferArray, stackArrays } from './infer-array.ts';
import { parseInputs, type SpecsByName, specsByName } from './parse-inputs.ts';

/** Converts `instances`; columns must then be equally long. @throws INVALID_INPUT */
export function parseInstances(
  value: PyValue,
  schema: Schema | null,
  options: ValueOptions,
): PyValue {
  const specs = specsByName(schema);
  const rows =
    Array.isArray(value) && value[0] instanceof Map ? (value as readonly PyValue[]) : null;
  const data =
    rows === null
      ? parseInputs(value, schema, options)
      : nameFailure(() => transpose(rows, specs, options));
  if (data instanceof Map) nameFailure(() => checkLengths(data, specs));
  return data;
}

function transpose(rows: readonly PyValue[], specs: SpecsByName, options: ValueOptions): PyDict {
  const columns = new Map<string, PyValue[]>();
  // A column is looked at as a whole where its nulls may stay.
  const isWhole = (name: string): boolean => {
    const spec = specs.get(name);
    return (
      options.lenientTypes &&
      spec !== undefined &&
      !isTensorSpec(spec) &&
      spec.type.kind === 'scalar'
    );
  };
  for (const row of rows) {
    if (!(row instanceof Map)) {
      throw pythonError(
        'AttributeError',
        `'${pythonTypeName(row)}' object has no attribute 'items'`,
      );
    }
    for (const [name, value] of row as PyDict) {
      const column = columns.get(name) ?? [];
      column.push(isWhole(name) ? value : convertToArray(value, specs.get(name), options));
      columns.set(name, column);
    }
  }
  return new Map(
    Array.from(columns, ([name, values]) => [
      name,
      isWhole(name) ? convertToArray(values, specs.get(name), options) : toArray(values),
    ]),
  );
}

function toArray(values: readonly PyValue[]): PyValue {
  const arrays = values.filter((value) => isNdArray(value));
  return arrays.length === values.length ? stackArrays(arrays) : inferArray(values);
}

function checkLengths(data: PyDict, specs: SpecsByName): void {
  const lengths = Array.from(data)
    .filter(([name]) => specs.size === 0 || isChecked(name, specs))
    .map(([, value]) => lengthOf(value))
    .filter((length) => length !== null);
  if (lengths.every((length) => length === lengths[0])) return;
  throw slipwayError(
    'INVALID_INPUT',
    'Invalid input. The length of values for each input/column name are not the same',
    { details: { lengths } },
  );
}

/** Only what is required, and not an array in a cell, must agree. */
function isChecked(name: string, specs: SpecsByName): boolean {
  const spec = specs.get(name);
  if (spec === undefined) return false;
  return isTensorSpec(spec) || (spec.required && spec.type.kind !== 'array');
}

function lengthOf(value: PyValue): number | null {
  if (Array.isArray(value)) return value.length;
  if (!isNdArray(value)) return null;
  const [length] = value.shape;
  if (length === undefined) throw pythonError('TypeError', 'len() of unsized object');
  return length;
}

/** Failures outside the conversion of a value are worded as a problem of the document. */
function nameFailure<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!isSlipwayError(cause) || cause.message.startsWith('Invalid input. ')) throw cause;
    throw slipwayError(
      'INVALID_INPUT',
      `Invalid input. Ensure that the input is a valid JSON-formatted string.\nError: ${describePythonError(cause)}`,
      { cause },
    );
  }
}
