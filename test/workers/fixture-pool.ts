/** Pools of the test worker, and a look at what is left of them. */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../architecture/source-files.ts';
import type { Message, MessageHeader } from '../../src/workers/message.ts';
import { createWorkerPool } from '../../src/workers/worker-pool.ts';
import type { WorkerPool, WorkerPoolOptions } from '../../src/workers/worker-pool-types.ts';

/** The script of the test worker. */
export const workerScript: string = path.join(projectRoot, 'test/fixtures/workers/worker.mjs');

/** Variable by whose value processes of a test are found. */
export const markVariable = 'SLIPWAY_TEST_MARK';

/** How the worker starts: the modes of the script. */
export interface FixtureOptions extends Partial<WorkerPoolOptions> {
  readonly mode?: string;
  /** More fields of the `start` message. */
  readonly start?: Readonly<Record<string, unknown>>;
}

/** Makes pools that leave a mark on all their processes, and closes them. */
export class FixturePools {
  readonly mark: string = randomUUID();
  readonly #pools: WorkerPool[] = [];

  create({ mode = 'ready', start = {}, ...options }: FixtureOptions = {}): WorkerPool {
    const pool = createWorkerPool({
      command: {
        file: process.execPath,
        args: [workerScript, mode],
        environment: { [markVariable]: this.mark, PATH: process.env['PATH'] ?? '' },
        start: { header: { type: 'start', ...start }, buffers: [] },
      },
      workers: 1,
      callsPerWorker: 4,
      onLog: () => undefined,
      ...options,
    });
    this.#pools.push(pool);
    return pool;
  }

  /** Closes all pools. @returns pids of the processes that are left */
  async close(): Promise<readonly number[]> {
    await Promise.all(this.#pools.splice(0).map((pool) => pool.close()));
    return markedProcesses(this.mark);
  }

  /** Running processes of the pools. */
  processes(): readonly number[] {
    return markedProcesses(this.mark);
  }
}

/** Processes, zombies excepted, that have the mark in their environment. */
export function markedProcesses(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => readProc(name, 'environ').includes(`${markVariable}=${mark}`))
    .filter((name) => !/^\d+ \(.*\) Z/s.test(readProc(name, 'stat')))
    .map(Number);
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(path.join('/proc', pid, file), 'utf8');
  } catch {
    return '';
  }
}

/** A message without buffers. */
export function message(type: string, fields: Readonly<Record<string, unknown>> = {}): Message {
  return { header: { type, ...fields } satisfies MessageHeader, buffers: [] };
}

/** A signal that never aborts. */
export function patience(): AbortSignal {
  return new AbortController().signal;
}

/** Waits until `holds`; throws after ten seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(10);
  }
}
