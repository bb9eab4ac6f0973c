/**
 * Input of an embedding program. Typed arrays go to the model as they are, as NumPy arrays do in Python;
 * plain values take the way of a request, so that the signature casts them exactly as the server does.
 */
import { frame } from '../data/frame.ts';
import { ndArray } from '../data/nd-array.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import type { Vector } from '../data/vector.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { Signature } from '../model/signature.ts';

/** Arrays whose elements have a NumPy dtype. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** One value. Dates and byte arrays are written as the request formats write them. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | readonly PlainValue[]
  | TypedArray
  | { readonly [key: string]: PlainValue };

/** A tensor: C-ordered elements and their shape. */
export interface PlainTensor {
  readonly data: TypedArray;
  readonly shape: readonly number[];
}

/**
 * Rows as records, rows as arrays, columns by name, or a tensor. For Python models also a request for a language
 * model (an object with `messages`, `prompt` or `input`), and for those with type hints whatever their hint says.
 */
export type PlainInput =
  | readonly PlainValue[]
  | { readonly [column: string]: PlainValue }
  | PlainTensor;

/** What goes along with the input. */
export interface PlainInputOptions {
  /** Params for the body of a request. Default: none. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** True where the model takes requests for language models. Default: false. */
  readonly takesPrompts?: boolean;
}

/** Data ready for enforcement, or the body of an equivalent request. */
export type ReadInput =
  | { readonly kind: 'data'; readonly data: ScoringInput }
  | { readonly kind: 'request'; readonly body: string };

/**
 * Reads plain input for a model with this signature.
 *
 * @throws INVALID_INPUT when it has none of the forms of {@link PlainInput}
 */
export function readPlainInput(
  input: PlainInput,
  signature: Signature | null,
  { params = {}, takesPrompts = false }: PlainInputOptions = {},
): ReadInput {
  const request = (body: object): ReadInput => {
    const hasParams = Object.keys(params).length > 0;
    return { kind: 'request', body: requestText(hasParams ? { ...body, params } : body) };
  };
  if (isTensor(input)) {
    return { kind: 'data', data: ndArray(vectorOf(input.data), input.shape) };
  }
  if (signature?.fromTypeHint === true) return request({ inputs: input });
  if (isRows(input)) return request(rowsBody(input, signature));
  if (typeof input !== 'object' || input === null) {
    throw slipwayError(
      'INVALID_INPUT',
      `Input must be rows, columns or a tensor, not ${typeof input}.`,
    );
  }
  if (takesPrompts && isPrompt(input)) {
    return { kind: 'request', body: requestText({ ...input, ...params }) };
  }
  const columns = Object.entries(input);
  if (
    columns.length > 0 &&
    columns.every((entry): entry is [string, TypedArray] => isTyped(entry[1]))
  ) {
    return { kind: 'data', data: typedColumns(columns, signature) };
  }
  return request(columnsBody(columns, signature));
}

/** Columns are arrays, and the messages of a chat are objects, which no column of them would hold. */
function isPrompt(input: object): boolean {
  const values: readonly unknown[] = Object.values(input);
  if (!['messages', 'prompt', 'input'].some((key) => key in input)) return false;
  return values.some((value) => !Array.isArray(value) && !isTyped(value)) || hasMessages(input);
}

function hasMessages(input: object): boolean {
  if (!('messages' in input) || !Array.isArray(input.messages)) return false;
  const first: unknown = input.messages[0];
  return typeof first === 'object' && first !== null && !Array.isArray(first);
}

function isTensor(input: PlainInput): input is PlainTensor {
  if (typeof input !== 'object' || input === null) return false;
  return 'shape' in input && 'data' in input && Array.isArray(input.shape) && isTyped(input.data);
}

function isRows(input: PlainInput): input is readonly PlainValue[] {
  return Array.isArray(input);
}

function isTyped(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function hasTensors(signature: Signature | null): boolean {
  return signature?.inputs?.kind === 'tensors';
}

function typedColumns(
  columns: readonly (readonly [string, TypedArray])[],
  signature: Signature | null,
): ScoringInput {
  if (hasTensors(signature)) {
    return new Map(columns.map(([name, values]) => [name, ndArray(vectorOf(values))]));
  }
  const lengths = new Set(columns.map(([, values]) => values.length));
  if (lengths.size > 1) {
    throw slipwayError('INVALID_INPUT', `Columns differ in length: ${[...lengths].join(', ')}.`);
  }
  return frame(columns.map(([label, values]) => ({ label, data: vectorOf(values) })));
}

/** Rows of a table; rows without names take the names of the signature where it has as many. */
function rowsBody(rows: readonly PlainValue[], signature: Signature | null): object {
  if (hasTensors(signature)) return { inputs: rows };
  const [first] = rows;
  const isObject = typeof first === 'object' && first !== null;
  const isNamed = isObject && !Array.isArray(first) && !isTyped(first);
  if (isNamed) return { dataframe_records: rows };
  const width = isObject ? Object.keys(first).length : 0;
  const names = signature?.inputs?.kind === 'columns' ? signature.inputs.columns : [];
  const columns = names.map(({ name }) => name).filter((name) => name !== undefined);
  return columns.length === width && width > 0
    ? { dataframe_split: { columns, data: rows } }
    : { dataframe_split: { data: rows } };
}

function columnsBody(
  columns: readonly (readonly [string, unknown])[],
  signature: Signature | null,
): object {
  if (hasTensors(signature)) return { inputs: Object.fromEntries(columns) };
  const values = columns.map(([name, column]) => cellsOf(name, column));
  const length = values[0]?.length ?? 0;
  if (values.some((column) => column.length !== length)) {
    throw slipwayError('INVALID_INPUT', 'Columns differ in length.');
  }
  const data = Array.from({ length }, (_unused, row) => values.map((column) => column[row]));
  return { dataframe_split: { columns: columns.map(([name]) => name), data } };
}

function cellsOf(name: string, column: unknown): readonly unknown[] {
  if (Array.isArray(column) || isTyped(column)) return Array.from(column as Iterable<unknown>);
  throw slipwayError('INVALID_INPUT', `Column ${name} must be an array, not ${typeof column}.`);
}

const dtypes = {
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  Uint8Array: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
} as const;

function vectorOf(values: TypedArray): Vector {
  const [, dtype] =
    Object.entries(dtypes).find(([name]) => values[Symbol.toStringTag] === name) ?? [];
  return { dtype: dtype ?? 'float64', values } as Vector;
}

/** JSON as Python reads it: integers of any size, NaN and the infinities, -0.0. */
function requestText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : numberText(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString().slice(0, -1));
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (isTyped(value)) return `[${Array.from(value as Iterable<unknown>, requestText).join(',')}]`;
  if (Array.isArray(value)) return `[${value.map(requestText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).map(
    ([key, of]) => `${JSON.stringify(key)}:${requestText(of)}`,
  );
  return `{${members.join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return Number.isSafeInteger(value) ? String(value) : floatText(value);
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** A whole number beyond 2^53 is a float here, and must not read as an integer. */
function floatText(value: number): string {
  return Number.isInteger(value) ? value.toExponential() : String(value);
}
