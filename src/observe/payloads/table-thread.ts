/** The thread that writes the payload log as Parquet (PayloadTables starts it). */
import { parentPort, workerData } from 'node:worker_threads';
import { RotatedTables, type TableOptions } from './rotated-tables.ts';
import type { TableCall } from './table-message.ts';

const tables = new RotatedTables(workerData as TableOptions, (outcome) =>
  parentPort?.postMessage(outcome),
);

parentPort?.on('message', (call: TableCall) => {
  if (call !== null) return tables.add(call);
  tables.close();
  parentPort?.close();
});
