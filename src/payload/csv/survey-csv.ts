/** First pass over a CSV without types: which dtype each column has in the end. */
import type { Dtype } from '../../data/dtype.ts';
import type { DecodeOptions } from '../decode-options.ts';
import { type ByteSource, readChunks } from './chunked-reader.ts';
import { inferEverything } from './csv-types.ts';
import { type ChunkKind, chunkKind, commonDtype } from './merge-chunks.ts';
import { planColumns, type PlannedColumn, readColumn } from './plan-columns.ts';

/** Infers chunk by chunk, as pandas does, and joins the dtypes. @throws INVALID_INPUT */
export async function surveyCsv(
  source: ByteSource,
  options: DecodeOptions,
): Promise<readonly Dtype[]> {
  let plan: readonly PlannedColumn[] | null = null;
  let kinds: Set<ChunkKind>[] = [];
  for await (const tokenizer of readChunks(source)) {
    if (tokenizer.pendingRows === 0) break;
    if (plan === null) {
      plan = planColumns(tokenizer, inferEverything, options);
      kinds = plan.map(() => new Set());
    }
    const table = tokenizer.table();
    plan.forEach((column, at) => kinds[at]!.add(chunkKind(readColumn(table, column))));
  }
  return kinds.map(commonDtype);
}
