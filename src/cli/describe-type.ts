/** Types of a signature in one short word or two, for people. */
import type { PyValue } from '../data/py-value.ts';
import type { ColumnSpec, ParamSpec, TensorSpec, ValueType } from '../model/signature.ts';

/** `long`, `array<double>`, `{name: string, age?: long}`, `map<string>`, `any`. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'scalar':
      return type.type;
    case 'array':
      return `array<${describeType(type.items)}>`;
    case 'map':
      return `map<${describeType(type.values)}>`;
    case 'object':
      return `{${type.properties
        .map(({ name, type: of, required }) => `${name}${required ? '' : '?'}: ${describeType(of)}`)
        .join(', ')}}`;
    default:
      return 'any';
  }
}

/** `age: long`, with `(optional)` where the column may be missing. */
export function describeColumn({ name, type, required }: ColumnSpec): string {
  return `${name ?? '(unnamed)'}: ${describeType(type)}${required ? '' : ' (optional)'}`;
}

/** `x: float32 [-1, 4]`. */
export function describeTensor({ name, dtypeName, shape }: TensorSpec): string {
  return `${name ?? '(unnamed)'}: ${dtypeName} [${shape.join(', ')}]`;
}

/** `top_k: long = 5`. */
export function describeParam({ name, type, shape, default: value }: ParamSpec): string {
  const of = shape === null ? describeType(type) : `list<${describeType(type)}>`;
  return `${name}: ${of} = ${describeValue(value)}`;
}

/** A value in JSON-like words. */
export function describeValue(value: PyValue): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    return part instanceof Map ? Object.fromEntries(part) : part;
  });
}
