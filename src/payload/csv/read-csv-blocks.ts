/** CSV of any size → frames of some ten thousand rows each, in bounded memory. */
import type { Dtype } from '../../data/dtype.ts';
import type { Frame } from '../../data/frame.ts';
import type { Signature } from '../../model/signature.ts';
import { type DecodeOptions, defaultDecodeOptions } from '../decode-options.ts';
import { assembleFrame, emptyVector } from './assemble-frame.ts';
import { type ByteSource, readChunks } from './chunked-reader.ts';
import { type CsvTypes, csvTypesOf } from './csv-types.ts';
import { widenVector } from './merge-chunks.ts';
import { planColumns, type PlannedColumn, readColumn } from './plan-columns.ts';
import { isNumericTyping, readNumericBlocks } from './read-numeric-blocks.ts';
import { surveyCsv } from './survey-csv.ts';
import type { CsvTokenizer } from './tokenize-csv.ts';

/** Opens the input; called twice where there is no signature, since dtypes need a look at the whole. */
export type OpenSource = () => ByteSource;

/**
 * Reads blocks; together they are the frame that `decodeCsv` gives for the whole input. At least one
 * block comes, without rows if the input has none.
 *
 * @throws INVALID_INPUT with the row
 */
export async function* readCsvBlocks(
  open: OpenSource,
  signature: Signature | null,
  options: DecodeOptions = defaultDecodeOptions,
): AsyncGenerator<Frame> {
  const types = csvTypesOf(signature);
  if (isNumericTyping(types)) {
    yield* readNumericBlocks(open(), types, options);
    return;
  }
  const untyped = types.byName.size === 0 && types.byPosition.length === 0;
  const dtypes = untyped ? await surveyCsv(open(), options) : null;
  let plan: readonly PlannedColumn[] | null = null;
  for await (const tokenizer of readChunks(open())) {
    plan ??= planColumns(tokenizer, types, options);
    yield frameOf(tokenizer, plan, dtypes);
  }
}

/** True when reading blocks of this signature takes two passes over the input. */
export function needsTwoPasses(signature: Signature | null): boolean {
  const types: CsvTypes = csvTypesOf(signature);
  return types.byName.size === 0 && types.byPosition.length === 0;
}

function frameOf(
  tokenizer: CsvTokenizer,
  plan: readonly PlannedColumn[],
  dtypes: readonly Dtype[] | null,
): Frame {
  const rowCount = tokenizer.pendingRows;
  if (rowCount === 0)
    return assembleFrame(
      plan,
      plan.map(({ type }) => emptyVector(type)),
      0,
    );
  const table = tokenizer.table();
  const vectors = plan.map((column, at) => {
    const vector = readColumn(table, column);
    return dtypes === null ? vector : widenVector(vector, dtypes[at] ?? vector.dtype);
  });
  return assembleFrame(plan, vectors, rowCount);
}
