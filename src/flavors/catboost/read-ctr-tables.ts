/** The tables of target statistics behind the core of a cbm file. Source: CatBoost 1.2 ctr_data.h, ctr_value_table.cpp. */
import { cutFile } from '../../errors/cut-file.ts';
import type { CtrTable } from './catboost-model.ts';
import { FlatTable } from './flat-buffer.ts';
import { invalidModelFile } from './model-error.ts';
import { readCtrBase } from './read-features.ts';

/** A run of bytes that a size stands before, and where it ends. */
interface SizedPart {
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** A number of 32 bits, or of 64 behind 32 ones. Source: CatBoost util/ysaveload.h `SaveSize`. */
function readSize(bytes: Uint8Array, at: number): { size: number; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (at + 4 > bytes.length) throw invalidModelFile('it ends within a size', cutFile);
  const size = view.getUint32(at, true);
  if (size !== 0xffffffff) return { size, end: at + 4 };
  if (at + 12 > bytes.length) throw invalidModelFile('it ends within a size', cutFile);
  return { size: Number(view.getBigUint64(at + 4, true)), end: at + 12 };
}

/** The part that begins with its size at `at`. @throws MODEL_FILE_INVALID */
export function readSizedPart(bytes: Uint8Array, at: number): SizedPart {
  const { size, end } = readSize(bytes, at);
  if (size > bytes.length - end) throw invalidModelFile('a part is larger than the file', cutFile);
  return { bytes: bytes.subarray(end, end + size), end: end + size };
}

/** Reads the tables that begin at `at`. @throws MODEL_FILE_INVALID */
export function readCtrTables(bytes: Uint8Array, at: number): readonly CtrTable[] {
  const { size: count, end } = readSize(bytes, at);
  if (count > bytes.length) throw invalidModelFile('it has more tables than bytes');
  const tables: CtrTable[] = [];
  let next = end;
  for (let i = 0; i < count; i += 1) {
    const part = readSizedPart(bytes, next);
    tables.push(readTable(FlatTable.root(part.bytes)));
    next = part.end;
  }
  return tables;
}

function readTable(table: FlatTable): CtrTable {
  return {
    base: readCtrBase(table.table(0)),
    buckets: table.bytes(1),
    values: table.bytes(2),
    denominator: table.int32(3),
    classCount: table.int32(4),
  };
}
