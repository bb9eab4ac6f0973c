/** A JSON body → data and params: the four formats, the unified LLM form, and models that parse for themselves. */
import type { Frame } from '../data/frame.ts';
import type { PyDict, PyValue } from '../data/py-value.ts';
import { pythonTypeName, reprString } from '../data/python-repr.ts';
import { isSlipwayError, type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import { isNamedSchema, type Schema, type Signature } from '../model/signature.ts';
import { castFrame } from './cast/cast-frame.ts';
import type { DecodedRequest } from './decoded-request.ts';
import type { DecodeOptions } from './decode-options.ts';
import { buildFrame, type FrameParts } from './frame/build-frame.ts';
import { parseInputs } from './inputs/parse-inputs.ts';
import { parseInstances } from './inputs/parse-instances.ts';
import { parseJsonObject } from './json/parse-json.ts';
import { protocolChange } from './protocol-change.ts';

const llmKeys = ['messages', 'prompt', 'input'] as const;
const formatKeys = ['dataframe_records', 'dataframe_split', 'inputs', 'instances'] as const;
const splitKeys = new Set(['columns', 'index', 'data']);

const requiredFormat =
  'The input must be a JSON dictionary with exactly one of the input fields ' +
  `{${formatKeys.map(reprString).join(', ')}}`;

/**
 * Reads the body and converts its data by the signature.
 * Source: MLflow 3.17.2 pyfunc/scoring_server/__init__.py `_parse_json_data`.
 *
 * @throws INVALID_INPUT, INVALID_PARAMETER
 */
export function decodeJsonRequest(
  body: Uint8Array,
  signature: Signature | null,
  options: DecodeOptions,
): DecodedRequest {
  const document = parseJsonObject(body, requiredFormat, pythonTypeName);
  if (llmKeys.some((key) => document.has(key))) return splitUnified(document, signature);
  const params = document.get('params') ?? null;
  const data =
    signature?.fromTypeHint === true
      ? takeInputs(document)
      : parseData(document, signature?.inputs ?? null, options);
  return { data, params, unified: false, stream: document.get('stream') === true };
}

/** LLM requests stay as they are; keys that the params schema names are params. */
function splitUnified(document: PyDict, signature: Signature | null): DecodedRequest {
  const names = new Set(signature?.params?.map((param) => param.name));
  const entries = [...document];
  return {
    data: new Map(entries.filter(([key]) => !names.has(key))),
    params: new Map(entries.filter(([key]) => names.has(key))),
    unified: true,
    stream: document.get('stream') === true,
  };
}

function takeInputs(document: PyDict): PyValue {
  const inputs = document.get('inputs');
  if (inputs !== undefined) return inputs;
  const keys = formatKeys.filter((key) => document.has(key)).map(reprString);
  throw slipwayError(
    'INVALID_PARAMETER',
    "Request payload must be a dictionary with 'inputs' key when the model contains a valid type hint. " +
      `Found keys in payload: dict_keys([${keys.join(', ')}]).`,
  );
}

function parseData(document: PyDict, schema: Schema | null, options: DecodeOptions): PyValue {
  const present = [...document.keys()].filter((key) =>
    (formatKeys as readonly string[]).includes(key),
  );
  const [format] = present;
  if (present.length !== 1 || format === undefined) throw wrongFormat(present);
  const value = document.get(format) ?? null;
  if (options.lenientTypes && isNamelessTable(value, schema)) {
    const parts = { data: value, columns: null, index: null, exactIntegers: true };
    const frame = construct(parts, 'split');
    return castFrame(frame, schema, options);
  }
  if (format === 'inputs') return parseInputs(value, schema, options);
  if (format === 'instances') return parseInstances(value, schema, options);
  // Without a schema nobody says that they are integers.
  const exactIntegers = options.lenientTypes && schema !== null;
  const read = format === 'dataframe_split' ? readSplit : readRecords;
  const frame = read(value, exactIntegers);
  return schema === null ? frame : castFrame(frame, schema, options);
}

/** Rows for a schema of several columns without names: MLflow casts all of them to the first column's type. */
function isNamelessTable(value: PyValue, schema: Schema | null): schema is Schema {
  if (schema?.kind !== 'columns' || schema.columns.length < 2 || isNamedSchema(schema))
    return false;
  return Array.isArray(value) && value.length > 0 && value.every((row) => Array.isArray(row));
}

function wrongFormat(present: readonly string[]): SlipwayError {
  const fields = present.map(reprString).join(', ');
  return slipwayError(
    'INVALID_INPUT',
    `${requiredFormat}. Received dictionary with input fields: [${fields}]. ${protocolChange}`,
    { details: { received: present } },
  );
}

function readSplit(value: PyValue, exactIntegers: boolean): Frame {
  if (!(value instanceof Map)) {
    const type = Array.isArray(value) ? 'list' : `type <class '${pythonTypeName(value)}'>`;
    throw invalid(`Dataframe split format must be a dictionary. Got ${type}.`);
  }
  const split: PyDict = value;
  const data = split.get('data');
  const keys = [...split.keys()];
  if (data === undefined || keys.some((key) => !splitKeys.has(key))) {
    const set = keys.length === 0 ? 'set()' : `{${keys.toSorted().map(reprString).join(', ')}}`;
    throw invalid(
      `Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields. Got ${set}.'`,
    );
  }
  const [columns = null, index = null] = [split.get('columns'), split.get('index')];
  return construct({ data, columns, index, exactIntegers }, 'split');
}

function readRecords(value: PyValue, exactIntegers: boolean): Frame {
  if (!Array.isArray(value)) {
    const type = value instanceof Map ? 'dictionary' : `type <class '${pythonTypeName(value)}'>`;
    throw invalid(`Dataframe records format must be a list of records. Got ${type}.`);
  }
  const data = value as PyValue;
  return construct({ data, columns: null, index: null, exactIntegers }, 'records');
}

function construct(parts: FrameParts, format: 'split' | 'records'): Frame {
  try {
    return buildFrame(parts);
  } catch (cause) {
    if (!isSlipwayError(cause)) throw cause;
    throw slipwayError(
      'INVALID_INPUT',
      `Invalid input. Provided dataframe_${format} field is not a valid dataframe representation in '${format}' ` +
        `format. Error: '${cause.message}'`,
      { details: cause.details, cause },
    );
  }
}

function invalid(detail: string): SlipwayError {
  return slipwayError('INVALID_INPUT', `Invalid input. ${detail}`);
}
