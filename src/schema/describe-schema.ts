/** Text of schemas and types as MLflow prints them. Source: MLflow 3.17.2 types/schema.py `__repr__`. */
import { pythonRepr } from '../data/python-repr.ts';
import type { ColumnSpec, Schema, TensorSpec, ValueType } from '../model/signature.ts';

/** `['x': double (required), 's': string (optional)]`. */
export function describeSchema(schema: Schema): string {
  const specs =
    schema.kind === 'columns'
      ? schema.columns.map(describeColumn)
      : schema.tensors.map(describeTensor);
  return `[${specs.join(', ')}]`;
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
    case 'object': {
      const properties = type.properties.map(
        ({ name, type: inner, required }) => `${name}: ${describeType(inner)} (${need(required)})`,
      );
      return `{${properties.join(', ')}}`;
    }
    case 'any':
      return 'Any';
  }
}

/** `(-1, 3)`; `(3,)` for one dimension. */
export function describeShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

function describeColumn(column: ColumnSpec): string {
  const type = column.sparkVector === true ? 'SparkML vector' : describeType(column.type);
  return `${describeName(column.name)}${type} (${need(column.required)})`;
}

function describeTensor(tensor: TensorSpec): string {
  return `${describeName(tensor.name)}Tensor('${tensor.dtypeName}', ${describeShape(tensor.shape)})`;
}

function describeName(name: string | undefined): string {
  return name === undefined ? '' : `${pythonRepr(name)}: `;
}

function need(required: boolean): string {
  return required ? 'required' : 'optional';
}
