/** skops files: zip archives with a tree of nodes in `schema.json` and arrays beside it. Source: skops 0.16 skops/io. */
import { Budget } from '../budget.ts';
import { invalidFile } from '../invalid-file.ts';
import { readJson } from '../json/read-json.ts';
import type { PickledValue } from '../pickled-value.ts';
import { ZipArchive } from '../zip/read-zip.ts';
import { SkopsReader } from './skops-reader.ts';

/** The newest protocol there is; skops 0.16 writes it. */
const newestProtocol = 2;
const schemaName = 'schema.json';
/** Longer texts do not fit a string of this engine. */
const longestSchema = 500 * 2 ** 20;

/** Reads a file into records. @throws MODEL_FILE_INVALID */
export function readSkops(bytes: Uint8Array): PickledValue {
  const budget = new Budget(bytes.length);
  const archive = new ZipArchive(bytes, budget);
  const schema = readJson(decodeText(archive.read(schemaName)), () => schemaName, budget);
  const protocol = schema instanceof Map ? schema.get('protocol') : undefined;
  if (typeof protocol !== 'bigint' || protocol < 0n || protocol > newestProtocol) {
    throw invalidFile(
      `a skops protocol other than 0 to ${newestProtocol}; save the model with a skops that writes one of these`,
      schemaName,
    );
  }
  return new SkopsReader(archive, Number(protocol), budget).readRoot(schema);
}

function decodeText(bytes: Uint8Array): string {
  if (bytes.length > longestSchema) throw invalidFile('it is too long', schemaName);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidFile('it is not UTF-8', schemaName);
  }
}
