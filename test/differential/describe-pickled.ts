/** A record as `record-pickled.py` describes the Python object that it stands for. */
import {
  isPickled,
  type PickledArray,
  type PickledDtype,
  type PickledEntries,
  type PickledInstance,
  type PickledValue,
} from '../../src/pickled/pickled-value.ts';

/** Makes the description; what contains itself is `(cycle)`. */
export function describePickled(value: PickledValue, above: readonly PickledValue[] = []): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return { int: String(value) };
  if (typeof value === 'number') return { float: bits(value) };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (isPickled(value, 'scalar'))
    return { scalar: value.dtype, value: describePickled(value.value) };
  if (isPickled(value, 'datetime')) {
    return { datetime: String(value.nanoseconds), unit: value.unit };
  }
  if (above.includes(value)) return '(cycle)';
  return describeCompound(value, (inner) => describePickled(inner, [...above, value]));
}

type Describe = (value: PickledValue) => unknown;

function describeCompound(value: PickledValue, inner: Describe): unknown {
  if (isPickled(value, 'array', 'objects', 'records', 'raw')) return describeArray(value, inner);
  if (isPickled(value, 'dtype')) return describeDtype(value);
  if (isPickled(value, 'list', 'tuple')) return { [value.kind]: value.items.map(inner) };
  if (isPickled(value, 'set', 'frozenset')) {
    return { [value.kind]: value.items.map(inner).toSorted(byPythonJson) };
  }
  if (isPickled(value, 'dict'))
    return { dict: value.className, entries: pairs(value.entries, inner) };
  if (isPickled(value, 'global')) return { global: value.name };
  return describeInstance(value as PickledInstance, inner);
}

function pairs(entries: PickledEntries, inner: Describe): unknown {
  return [...entries].map(([key, item]) => [inner(key), inner(item)]);
}

/** The order of the texts that Python's `json.dumps` makes. */
function byPythonJson(a: unknown, b: unknown): number {
  const text = (value: unknown): string =>
    JSON.stringify(value).replaceAll(':', ': ').replaceAll(',', ', ');
  return text(a) < text(b) ? -1 : 1;
}

function describeInstance(value: PickledInstance, inner: Describe): unknown {
  if (value.className.startsWith('numpy.random')) return '(random numbers)';
  if (value.className.startsWith('scipy.sparse')) return describeSparse(value, inner);
  return {
    instance: value.className,
    args: value.args.map(inner),
    ...(value.attributes.size > 0 && { attributes: pairs(value.attributes, inner) }),
    ...(value.state !== undefined && { state: inner(value.state) }),
    ...(value.items !== undefined && { items: value.items.map(inner) }),
    ...(value.entries !== undefined && { entries: pairs(value.entries, inner) }),
  };
}

/** What of a sparse matrix skops keeps too. */
function describeSparse(value: PickledInstance, inner: Describe): unknown {
  const parts = [...value.attributes].filter(([name]) => name !== 'maxprint');
  const sorted = parts.toSorted(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
  return { sparse: value.className, parts: pairs(new Map(sorted), inner) };
}

function describeArray(value: PickledArray, inner: Describe): unknown {
  const { shape } = value;
  if (isPickled(value, 'objects')) return { objects: shape, items: value.items.map(inner) };
  if (isPickled(value, 'raw')) return { raw: value.dtype.code, shape, bytes: hex(value.bytes) };
  if (isPickled(value, 'records')) {
    const fields = [...value.fields].map(([name, field]) => [name, describeArray(field, inner)]);
    return { records: shape, fields };
  }
  const { dtype, values } = value.data;
  return { array: dtype, shape, values: Array.from(values as ArrayLike<unknown>, element(dtype)) };
}

function element(dtype: string): (value: unknown) => string {
  if (dtype.startsWith('float')) return (value) => bits(value as number);
  if (dtype === 'bytes') return (value) => hex(value as Uint8Array);
  return String;
}

function describeDtype(dtype: PickledDtype): unknown {
  const found = { dtype: dtype.code, size: dtype.itemSizeBytes };
  if (dtype.subarray !== undefined) {
    return { ...found, of: describeDtype(dtype.subarray.dtype), shape: dtype.subarray.shape };
  }
  if (dtype.fields !== undefined) {
    const fields = [...dtype.fields].map(([name, f]) => [
      name,
      f.offsetBytes,
      describeDtype(f.dtype),
    ]);
    return { ...found, fields };
  }
  return dtype.unit === undefined ? found : { ...found, unit: dtype.unit };
}

function bits(value: number): string {
  return Number.isNaN(value) ? 'nan' : hex(new Uint8Array(Float64Array.of(value).buffer));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
