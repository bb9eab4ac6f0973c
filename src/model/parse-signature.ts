/** The signature of an MLmodel file: JSON texts inside YAML. Source: MLflow 3.17.2 models/signature.py. */
import { parseExactJson } from '../data/parse-exact-json.ts';
import type { PyValue } from '../data/py-value.ts';
import { parseParams } from './parse-params.ts';
import { parseSchema } from './parse-schema.ts';
import { signatureError } from './signature-error.ts';
import type { Signature } from './signature.ts';

/** Options of {@link parseSignature}. */
export interface ParseSignatureOptions {
  /** Name of the file, for errors. Default: `MLmodel`. */
  readonly file?: string;
  /** `is_signature_from_type_hint` of the file. Default: false. */
  readonly fromTypeHint?: boolean;
}

/**
 * Reads the `signature` of an MLmodel file: a map whose `inputs`, `outputs` and `params` are JSON texts or null.
 * null stays null: the model has no signature.
 * @throws SIGNATURE_INVALID
 */
export function parseSignature(
  value: unknown,
  { file = 'MLmodel', fromTypeHint = false }: ParseSignatureOptions = {},
): Signature | null {
  if (value === null || value === undefined) return null;
  const where = `${file}: signature`;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw signatureError(where, 'a map with inputs, outputs and params', value);
  }
  const parts = value as Readonly<Record<string, unknown>>;
  return {
    inputs: parsePart(parts['inputs'], `${where}.inputs`, parseSchema),
    outputs: parsePart(parts['outputs'], `${where}.outputs`, parseSchema),
    params: parsePart(parts['params'], `${where}.params`, parseParams),
    fromTypeHint,
  };
}

/** An absent, null or empty text means that there is no such part. */
function parsePart<Part>(
  text: unknown,
  where: string,
  parse: (value: PyValue, where: string) => Part,
): Part | null {
  if (text === undefined || text === null || text === '') return null;
  if (typeof text !== 'string') throw signatureError(where, 'a JSON text', text);
  return parse(readJson(text, where), where);
}

function readJson(text: string, where: string): PyValue {
  try {
    return parseExactJson(text);
  } catch {
    throw signatureError(where, 'a JSON text', text);
  }
}
