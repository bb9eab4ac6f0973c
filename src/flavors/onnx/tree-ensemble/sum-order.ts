/**
 * The order in which onnxruntime adds up trees, on which the last bits of float sums depend: one after another for few
 * rows, else in a part for each of its threads. Source: onnxruntime 1.20 core/providers/cpu/ml/tree_ensemble_common.h
 * `ComputeAgg` and core/common/threadpool.h `PartitionWork`; the same in 1.30, as tests show.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Sizes on which the order depends. */
export interface SumSizes {
  readonly rowCount: number;
  readonly treeCount: number;
  readonly outputCount: number;
  readonly threads: number;
}

/** Most rows that are added up by one thread. */
const mostRowsAtOnce = 50;
/** Most trees of several outputs that are added up by one thread for a single row. */
const mostTreesAtOnce = 80;

/** Trees at which a thread other than the first begins; the sums of the threads are added up in their order. */
export function partStarts({
  rowCount,
  treeCount,
  outputCount,
  threads,
}: SumSizes): readonly number[] {
  if (threads === 1) return [];
  if (rowCount === 1) {
    if (outputCount === 1 || treeCount <= mostTreesAtOnce) return [];
  } else if (rowCount <= mostRowsAtOnce) {
    return [];
  } else if (outputCount === 1 ? treeCount <= threads : treeCount < threads) {
    return [];
  }
  return partition(treeCount, Math.min(threads, treeCount));
}

function partition(treeCount: number, parts: number): readonly number[] {
  const [size, longer] = [Math.floor(treeCount / parts), treeCount % parts];
  return Array.from({ length: parts - 1 }, (_, i) => (i + 1) * size + Math.min(i + 1, longer));
}

/** Threads that onnxruntime uses where nobody says how many: one a core, however many threads the core has. */
export function coreCount(): number {
  try {
    const cpus = readFileSync('/proc/cpuinfo', 'latin1').split('\n\n');
    const cores = cpus.map((cpu) => {
      const [, socket] = /^physical id\s*: (\d+)$/m.exec(cpu) ?? [];
      const [, core] = /^core id\s*: (\d+)$/m.exec(cpu) ?? [];
      return core === undefined ? null : `${socket} ${core}`;
    });
    const known = new Set(cores.filter((core) => core !== null));
    if (known.size > 0) return known.size;
  } catch {
    // not Linux
  }
  return availableParallelism();
}
