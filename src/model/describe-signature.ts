/** Signatures as MLflow prints them. Source: the `__repr__` methods of MLflow 3.17.2 types/schema.py. */
import { pythonRepr } from '../data/python-repr.ts';
import { isPyDict, isPyList, type PyValue } from '../data/py-value.ts';
import type { ColumnSpec, ParamSpec, Schema, TensorSpec, ValueType } from './signature.ts';

/** One text for each column or tensor, such as `'x': double (required)`; `repr` of a schema is their list. */
export function describeSchema(schema: Schema): readonly string[] {
  return schema.kind === 'columns'
    ? schema.columns.map((column) => describeColumn(column))
    : schema.tensors.map((tensor) => describeTensor(tensor));
}

/** `double`, `Array(double)`, `{a: string (required)}`, `Map(str -> DataType.long)`, `Any`. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'scalar':
      return type.type;
    case 'array':
      return `Array(${describeType(type.items)})`;
    case 'map':
      return `Map(str -> ${type.values.kind === 'scalar' ? 'DataType.' : ''}${describeType(type.values)})`;
    case 'object':
      return `{${type.properties.map((item) => `${item.name}: ${withNeed(item)}`).join(', ')}}`;
    case 'any':
      return 'Any';
  }
}

/** `(-1, 3)`; `(3,)` for one dimension. */
export function describeShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

/** `'count': integer (default: 3)`, with the shape of a list. */
export function describeParam(param: ParamSpec): string {
  const shape = param.shape === null ? '' : ` (shape: (${param.shape.join(', ')},))`;
  const value = describeDefault(param.default);
  return `'${param.name}': ${describeType(param.type)} (default: ${value})${shape}`;
}

function withNeed(spec: { readonly type: ValueType; readonly required: boolean }): string {
  return `${describeType(spec.type)} (${spec.required ? 'required' : 'optional'})`;
}

function describeColumn(column: ColumnSpec): string {
  const need = column.required ? 'required' : 'optional';
  const text = column.sparkVector === true ? `SparkML vector (${need})` : withNeed(column);
  return `${describeName(column.integerName ?? column.name)}${text}`;
}

function describeTensor({ name, dtypeName, shape }: TensorSpec): string {
  return `${describeName(name)}Tensor('${dtypeName}', ${describeShape(shape)})`;
}

function describeName(name: string | number | undefined): string {
  if (name === undefined) return '';
  return `${typeof name === 'number' ? name : pythonRepr(name)}: `;
}

function describeDefault(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}.0` : String(value);
  if (typeof value !== 'object') return value.toString();
  if (isPyList(value)) return `[${value.map((item) => describeDefault(item)).join(', ')}]`;
  if (isPyDict(value)) {
    const entries = Array.from(value, ([key, item]) => `${key}: ${describeDefault(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return 'kind' in value && value.kind === 'datetime' ? describeDatetime(value) : '…';
}

function describeDatetime(value: { readonly nanoseconds: bigint; readonly unit?: string }): string {
  const text = new Date(Number(value.nanoseconds / 1_000_000n)).toISOString();
  return value.unit === 'D' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
}
