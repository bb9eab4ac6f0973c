/** Decoded input → the body of a scoring request that says the same, for a scorer that parses requests by itself. */
import { type Frame, isFrame } from '../data/frame.ts';
import { isPyDict, type PyValue } from '../data/py-value.ts';
import type { ScoringInput, ScoringParams } from '../data/scoring-data.ts';
import { elementAt } from '../data/vector-values.ts';
import { type EncodeOptions, encodeValue } from './encode-value.ts';

const options: EncodeOptions = { nonFinite: 'tokens', wrap: false };

/**
 * Writes JSON: a frame as `dataframe_split`, anything else as `inputs`. A model with a type hint gets a frame as the
 * values of its only column, or as one dict a row.
 */
export function encodeInputBody(
  input: ScoringInput,
  params: ScoringParams,
  isTypeHint: boolean,
): Uint8Array {
  const members = [
    isFrame(input) && !isTypeHint
      ? `"dataframe_split": ${splitJson(input)}`
      : `"inputs": ${encodeValue(isFrame(input) ? itemsOf(input) : input, options)}`,
  ];
  if (isPyDict(params ?? undefined)) members.push(`"params": ${encodeValue(params, options)}`);
  return Buffer.from(`{${members.join(', ')}}`);
}

function splitJson({ columns, rowCount }: Frame): string {
  const labels = columns.map(({ label }) => JSON.stringify(label));
  const rows = Array.from({ length: rowCount }, (_, row) =>
    columns.map(({ data }) => elementAt(data, row)),
  );
  return `{"columns": [${labels.join(', ')}], "data": ${encodeValue(rows, options)}}`;
}

function itemsOf({ columns, rowCount }: Frame): readonly PyValue[] {
  const [only] = columns;
  return Array.from({ length: rowCount }, (_, row) =>
    columns.length === 1 && only !== undefined
      ? elementAt(only.data, row)
      : new Map(columns.map(({ label, data }) => [String(label), elementAt(data, row)])),
  );
}
