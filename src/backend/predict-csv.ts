/** CSV of any size: blocks are read, scored and written while the next ones are on their way. */
import type { Frame } from '../data/frame.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import { isSlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { Signature } from '../model/signature.ts';
import { isCsvSchema } from '../payload/csv/csv-types.ts';
import { decodeCsv } from '../payload/csv/decode-csv.ts';
import { needsTwoPasses, readCsvBlocks } from '../payload/csv/read-csv-blocks.ts';
import { encodeTop } from '../payload/encode-prediction.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import type { PredictFileOptions, PredictTarget } from './predict-file-options.ts';
import { type PredictInput, readAll } from './predict-input.ts';
import type { PredictOutput } from './predict-output.ts';

/** Blocks being scored while the next is read. */
const blocksInFlight = 2;

interface BlockResult {
  readonly text: string;
  readonly rowCount: number;
}

/**
 * Scores the blocks in order. Lists, arrays and frames of all blocks become one list.
 *
 * @throws with the rows in the message when a block fails
 */
export async function predictCsv(
  target: PredictTarget,
  input: PredictInput,
  output: PredictOutput,
  options: PredictFileOptions,
): Promise<void> {
  const types = readingSignature(target.signature, options);
  const blocks = await readBlocks(target, input, types, options);
  const joiner = new ListJoiner(output);
  const pending: Promise<BlockResult>[] = [];
  let read = 0;
  let written = 0;
  const writeNext = async (): Promise<void> => {
    const { text, rowCount } = await pending.shift()!;
    await joiner.write(text);
    written += rowCount;
    const { bytesRead, totalBytes } = input;
    options.onProgress?.({ rows: written, bytesRead, totalBytes });
  };
  for await (const block of blocks) {
    options.signal?.throwIfAborted();
    const result = scoreBlock(target, block, read, options);
    result.catch(() => undefined);
    pending.push(result);
    read += block.rowCount;
    if (pending.length >= blocksInFlight) await writeNext();
  }
  while (pending.length > 0) await writeNext();
  await joiner.end();
}

/** Blocks of some ten thousand rows; the whole input at once for a model that may look at all its rows. */
async function readBlocks(
  { scorer: { limits } }: PredictTarget,
  input: PredictInput,
  types: Signature | null,
  options: PredictFileOptions,
): Promise<AsyncIterable<Frame> | Iterable<Frame>> {
  const isRowWise = limits === undefined || limits.mergedCalls !== undefined;
  if (!isRowWise) return [decodeCsv(await readAll(input), types, options)];
  if (needsTwoPasses(types)) await input.makeRereadable();
  return readCsvBlocks(() => input.open(), types, options);
}

/**
 * The signature whose types the CSV is read with: none for `compat: 'mlflow'` (its command line
 * infers) and where the signature has types that CSV does not hold.
 */
function readingSignature(
  signature: Signature | null,
  { compat }: PredictFileOptions,
): Signature | null {
  if (compat === 'mlflow' || signature?.inputs == null) return null;
  return isCsvSchema(signature.inputs) ? signature : null;
}

async function scoreBlock(
  target: PredictTarget,
  block: Frame,
  firstRow: number,
  options: PredictFileOptions,
): Promise<BlockResult> {
  try {
    const data = enforceBlock(block, target, options);
    const params = enforceParams(null, target.signature?.params ?? null, options);
    const signal = options.signal ?? new AbortController().signal;
    const prediction = await target.scorer.predict(data, params, signal);
    const text = encodeTop(prediction, { nonFinite: options.nonFinite, wrap: true });
    return { text, rowCount: block.rowCount };
  } catch (error) {
    throw firstRow === 0 ? error : atRows(error, firstRow + 1, firstRow + block.rowCount);
  }
}

/** A scorer that must parse every request itself also enforces what it is given. */
function enforceBlock(
  block: Frame,
  { scorer, signature }: PredictTarget,
  options: PredictFileOptions,
): ScoringInput {
  return scorer.raw?.when === 'always' ? block : enforceInput(block, signature, options);
}

function atRows(error: unknown, first: number, last: number): unknown {
  if (!isSlipwayError(error)) return error;
  return slipwayError(error.code, `${error.message} (in rows ${first} to ${last})`, {
    details: { ...error.details, rows: [first, last] },
    cause: error,
  });
}

/** Joins the texts of lists into one document. */
class ListJoiner {
  readonly #output: PredictOutput;
  #state: 'nothing' | 'open' | 'empty' | 'closed' = 'nothing';

  constructor(output: PredictOutput) {
    this.#output = output;
  }

  async write(text: string): Promise<void> {
    const isFirst = this.#state === 'nothing';
    const isList = text.startsWith('[');
    if (this.#state === 'closed' || (!isFirst && !isList)) throw notJoinable();
    if (!isList) {
      this.#state = 'closed';
      await this.#output.write(`{"predictions": ${text}`);
      return;
    }
    const items = text.slice(1, -1);
    const start = isFirst ? '{"predictions": [' : '';
    const separator = this.#state === 'open' && items !== '' ? ', ' : '';
    if (items !== '' || isFirst) this.#state = items === '' ? 'empty' : 'open';
    await this.#output.write(start + separator + items);
  }

  async end(): Promise<void> {
    await this.#output.write(this.#state === 'closed' ? '}' : ']}');
  }
}

function notJoinable(): Error {
  return slipwayError(
    'UNENCODABLE_RESULT',
    'The model returns one value for the whole input instead of one for each row, so input of this size cannot be scored in blocks; split the file.',
  );
}
