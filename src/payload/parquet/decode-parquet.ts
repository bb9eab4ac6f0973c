import type { Frame } from '../../data/frame.ts';
import { parquetError } from './parquet-error.ts';
import { ParquetPool } from './parquet-pool.ts';

const pool = new ParquetPool();

/**
 * Decodes a Parquet file in a thread of its own, within limits of time and memory. The index that pandas noted is
 * honoured.
 *
 * @throws INVALID_INPUT for bytes that are no Parquet file, or one that cannot be read
 */
export async function decodeParquet(body: Uint8Array): Promise<Frame> {
  if (body.length === 0) throw parquetError('Parquet file size is 0 bytes');
  return await pool.read(body);
}
