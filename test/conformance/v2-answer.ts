/** A V2 response → values to compare with what `/invocations` answered. */
import type {
  InferResponseMessage,
  LongInteger,
  TensorContents,
} from '../../src/payload/oip/infer-message.ts';
import { type NumericDatatype, numericLayouts } from '../../src/payload/oip/datatypes.ts';
import { unpackNumbers, unpackTexts } from '../../src/payload/oip/unpack-binary.ts';

/** One output of the response. */
export interface V2Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly parameters?: { readonly content_type?: string; readonly binary_data_size?: number };
  readonly data?: readonly unknown[];
}

/** Values by output name, floats as numbers, NaN as null. */
export function readV2Answer(payload: Buffer, headerLength: number | null): Map<string, unknown[]> {
  const head = payload.subarray(0, headerLength ?? payload.length);
  const { outputs } = JSON.parse(head.toString()) as { outputs: readonly V2Output[] };
  let at = head.length;
  return new Map(
    outputs.map((output) => {
      const size = output.parameters?.binary_data_size;
      const raw = size === undefined ? undefined : payload.subarray(at, (at += size));
      return [output.name, valuesOf(output, raw)];
    }),
  );
}

/** The same of a message of gRPC. */
export function readGrpcAnswer(response: InferResponseMessage): Map<string, unknown[]> {
  return new Map(
    response.outputs.map((output, at) => {
      const raw = response.rawOutputContents[at];
      const shape = output.shape.map((size) => (size as never as LongInteger).low);
      const parameters = { content_type: output.parameters['content_type']?.stringParam ?? '' };
      const described = { ...output, shape, parameters, data: listOf(output.contents ?? {}) };
      return [output.name, valuesOf(described, raw === undefined ? undefined : Buffer.from(raw))];
    }),
  );
}

function listOf(contents: TensorContents): readonly unknown[] {
  const [list = []] = Object.values(contents).filter((values) => values.length > 0);
  return Array.from(list as readonly unknown[], (value) => {
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    if (value instanceof Uint8Array) return Buffer.from(value).toString();
    return typeof value === 'object' && value !== null ? toNumber(value as LongInteger) : value;
  });
}

function toNumber({ low, high, unsigned }: LongInteger): number {
  return (unsigned ? high >>> 0 : high) * 2 ** 32 + (low >>> 0);
}

function valuesOf(output: V2Output, raw: Buffer | undefined): unknown[] {
  const values = raw === undefined ? [...(output.data ?? [])] : binaryValues(output, raw);
  return output.parameters?.content_type === 'pd_json'
    ? values.map((text) => JSON.parse(String(text)) as unknown)
    : values;
}

function binaryValues({ name, shape, datatype }: V2Output, raw: Buffer): unknown[] {
  const count = shape.reduce((product, size) => product * size, 1);
  const input = { name, shape, count, datatype: 'BYTES', contentType: null, data: raw } as const;
  if (datatype === 'BYTES')
    return unpackTexts(input, raw).map((bytes) => Buffer.from(bytes).toString());
  if (!Object.hasOwn(numericLayouts, datatype)) throw new Error(`no datatype: ${datatype}`);
  const { dtype, values } = unpackNumbers(input, datatype as NumericDatatype, raw);
  if (dtype === 'bool') return Array.from(values, (value) => value === 1);
  return Array.from(values as Iterable<number | bigint>, (value) =>
    Number.isFinite(Number(value)) ? Number(value) : null,
  );
}

/** What `/invocations` said, by the names that V2 gives: records by column, dicts by key, else `output-1`. */
export function namedPredictions(body: string): Map<string, unknown[]> {
  const strict = body.replaceAll(/(?<![\w"])(-?Infinity|NaN)\b/g, 'null');
  const { predictions } = JSON.parse(strict) as { predictions: unknown };
  if (isRecords(predictions)) {
    const names = Object.keys(predictions[0] ?? {});
    return new Map(names.map((name) => [name, predictions.map((row) => row[name])]));
  }
  if (typeof predictions === 'object' && predictions !== null && !Array.isArray(predictions)) {
    return new Map(Object.entries(predictions).map(([name, value]) => [name, [value].flat(20)]));
  }
  return new Map([['output-1', [predictions].flat(20)]]);
}

function isRecords(value: unknown): value is readonly Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))
  );
}
