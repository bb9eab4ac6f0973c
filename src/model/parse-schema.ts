/** The inputs or outputs of a signature. Source: MLflow 3.17.2 types/schema.py `Schema`, `ColSpec`, `TensorSpec`. */
import { isPyDict, isPyList, type PyDict, type PyValue } from '../data/py-value.ts';
import { isScalarType, isTrue, optionalToRequired, parseValueType } from './parse-value-type.ts';
import { parseTensorDtype } from './parse-tensor-dtype.ts';
import { signatureError } from './signature-error.ts';
import type { ColumnSpec, Schema, TensorSpec } from './signature.ts';

/**
 * Reads a list of column or tensor specs. `where` names file and key for errors.
 * Unknown keys are ignored. Duplicate names are accepted, as MLflow accepts them.
 * @throws SIGNATURE_INVALID
 */
export function parseSchema(value: PyValue, where: string): Schema {
  if (!isPyList(value) || value.length === 0) {
    throw signatureError(where, 'a list with at least one column or tensor', value);
  }
  const specs = value.map((spec, index) => checkSpec(spec, `${where}[${index}]`));
  const tensors = specs.filter((spec) => spec.get('type') === 'tensor');
  if (tensors.length === 0) return parseColumns(specs, where);
  if (tensors.length === specs.length) return parseTensors(specs, where);
  throw signatureError(where, 'only columns or only tensors', 'both');
}

function checkSpec(spec: PyValue, where: string): PyDict {
  if (!isPyDict(spec) || !spec.has('type')) throw signatureError(where, 'a map with a type', spec);
  return spec;
}

function parseColumns(specs: readonly PyDict[], where: string): Schema {
  const columns = specs.map((spec, index) => parseColumn(spec, `${where}[${index}]`));
  checkNames(columns, where);
  const isUnnamedOptional = (spec: PyDict): boolean =>
    isFalse(spec) && columns[0]?.name === undefined;
  const optional = specs.findIndex((spec) => isUnnamedOptional(spec));
  if (optional >= 0) {
    throw signatureError(`${where}[${optional}]`, 'a name, since it is optional', undefined);
  }
  return { kind: 'columns', columns };
}

/** A null `required` is optional too, but MLflow's rule on unnamed columns looks for false alone. */
function isFalse(spec: PyDict): boolean {
  return spec.get('required') === false || isTrue(spec.get('optional'));
}

function parseColumn(spec: PyDict, where: string): ColumnSpec {
  return {
    ...parseColumnName(spec.get('name'), where),
    type: parseValueType(spec, where),
    required: isRequired(spec),
    ...(spec.get('type') === 'sparkml_vector' && { sparkVector: true }),
  };
}

/** Scalars are required unless the file says otherwise; structured columns only where it says so. */
function isRequired(spec: PyDict): boolean {
  if (spec.has('required')) return isTrue(spec.get('required'));
  if (spec.has('optional')) return optionalToRequired(spec);
  return isScalarType(spec.get('type'));
}

/** MLflow writes integers as names for a DataFrame without column names. */
function parseColumnName(
  name: PyValue | undefined,
  where: string,
): Pick<ColumnSpec, 'name' | 'integerName'> {
  if (name === undefined || name === null) return {};
  if (typeof name === 'string') return { name };
  const integer = typeof name === 'bigint' ? Number(name) : NaN;
  if (Number.isSafeInteger(integer)) return { name: String(integer), integerName: integer };
  throw signatureError(`${where}.name`, 'a string or an integer', name);
}

function checkNames(specs: readonly { readonly name?: string }[], where: string): void {
  const named = specs.filter((spec) => spec.name !== undefined).length;
  if (named === 0 || named === specs.length) return;
  const position = specs.findIndex((spec) => spec.name === undefined);
  throw signatureError(`${where}[${position}].name`, 'a name, since others have one', undefined);
}

function parseTensors(specs: readonly PyDict[], where: string): Schema {
  const tensors = specs.map((spec, index) => parseTensor(spec, `${where}[${index}]`));
  checkNames(tensors, where);
  if (tensors.length > 1 && tensors[0]?.name === undefined) {
    throw signatureError(`${where}[0].name`, 'a name, since there are several tensors', undefined);
  }
  return { kind: 'tensors', tensors };
}

function parseTensor(spec: PyDict, where: string): TensorSpec {
  const name = spec.get('name') ?? null;
  if (name !== null && typeof name !== 'string') {
    throw signatureError(`${where}.name`, 'a string', name);
  }
  const info = spec.get('tensor-spec');
  if (!isPyDict(info)) {
    throw signatureError(`${where}.tensor-spec`, 'a map with dtype and shape', info);
  }
  const dtypeName = info.get('dtype');
  const parsed = typeof dtypeName === 'string' ? parseTensorDtype(dtypeName) : null;
  if (parsed === null) {
    throw signatureError(`${where}.tensor-spec.dtype`, 'the name of a NumPy dtype', dtypeName);
  }
  return {
    ...(name !== null && { name }),
    dtype: parsed.dtype,
    dtypeName: parsed.name,
    shape: parseShape(info.get('shape'), `${where}.tensor-spec.shape`),
  };
}

function parseShape(shape: PyValue | undefined, where: string): readonly number[] {
  if (!isPyList(shape)) throw signatureError(where, 'a list of sizes', shape);
  return shape.map((size, index) => {
    const integer = typeof size === 'bigint' ? Number(size) : NaN;
    if (Number.isSafeInteger(integer) && integer >= -1) return integer;
    throw signatureError(`${where}[${index}]`, 'a size, or -1 for any', size);
  });
}
