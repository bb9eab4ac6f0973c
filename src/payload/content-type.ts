/** Which format a Content-Type header names. Source: MLflow 3.17.2 pyfunc/scoring_server/__init__.py `invocations`. */
import { slipwayError } from '../errors/slipway-error.ts';
import type { DecodeOptions } from './decode-options.ts';
import { protocolChange } from './protocol-change.ts';

/** Formats of a request. */
export type RequestFormat = 'json' | 'csv' | 'parquet';

const formats: ReadonlyMap<string, RequestFormat> = new Map([
  ['text/csv', 'csv'],
  ['application/json', 'json'],
  ['application/vnd.apache.parquet', 'parquet'],
]);

/**
 * Reads the header: media type compared exactly (case-sensitive), charset utf-8 or none, no other parameter.
 * With `lenientTypes`, case does not matter and the charset may be quoted or spelt `utf8`.
 *
 * @throws CONTENT_TYPE_MISSING, UNSUPPORTED_CONTENT_TYPE
 */
export function readContentType(
  header: string | undefined,
  { lenientTypes }: DecodeOptions,
): RequestFormat {
  if (header === 'application/json') return 'json';
  if (header === undefined) {
    throw slipwayError(
      'CONTENT_TYPE_MISSING',
      'The request has no Content-Type header; send application/json, text/csv or application/vnd.apache.parquet.',
    );
  }
  const [mediaType = '', ...parameters] = header.split(';').map(stripSpace);
  checkParameters(parameters, lenientTypes);
  const format = formats.get(lenientTypes ? mediaType.toLowerCase() : mediaType);
  if (format === undefined) throw unsupported(unknownType(header), { contentType: header });
  return format;
}

function checkParameters(parameters: readonly string[], lenientTypes: boolean): void {
  const values = new Map(parameters.map(splitParameter));
  const charset = (values.get('charset') ?? 'utf-8').toLowerCase();
  const accepted = lenientTypes ? ['utf-8', 'utf8', '"utf-8"', '"utf8"'] : ['utf-8'];
  if (!accepted.includes(charset)) {
    throw unsupported('The scoring server only supports UTF-8', { charset });
  }
  values.delete('charset');
  if (values.size === 0) return;
  const names = [...values.keys()].join(', ');
  throw unsupported(`Unrecognized content type parameters: ${names}. ${protocolChange}`, {
    parameters: [...values.keys()],
  });
}

function splitParameter(parameter: string): readonly [string, string] {
  const at = parameter.indexOf('=');
  return at === -1 ? [parameter, ''] : [parameter.slice(0, at), parameter.slice(at + 1)];
}

/** `str.strip` for what a header can hold. */
function stripSpace(part: string): string {
  // oxlint-disable-next-line no-control-regex -- Python strips these too
  return part.replaceAll(/^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/g, '');
}

function unknownType(header: string): string {
  const types = "['text/csv', 'application/json', 'application/vnd.apache.parquet']";
  return `This predictor only supports the following content types: Types: ${types}. Got '${header}'.`;
}

function unsupported(message: string, details: Readonly<Record<string, unknown>>): Error {
  return slipwayError('UNSUPPORTED_CONTENT_TYPE', message, { details });
}
