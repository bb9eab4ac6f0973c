/** Output of `predict`: stdout, or a file that is written aside and renamed when it is complete. */
import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { slipwayError } from '../errors/slipway-error.ts';
import type { PredictFileOptions } from './predict-file-options.ts';

/** Takes text piece by piece. */
export interface PredictOutput {
  /** Resolves when more may be written. @throws OUTPUT_FILE_UNWRITABLE */
  write(text: string): Promise<void>;
  /** The output is complete. @throws OUTPUT_FILE_UNWRITABLE */
  commit(): Promise<void>;
  /** The output is not going to be complete: removes what was written aside. */
  abandon(): Promise<void>;
}

/** @throws OUTPUT_FILE_UNWRITABLE */
export async function openPredictOutput(options: PredictFileOptions): Promise<PredictOutput> {
  if (options.outputPath === undefined) return streamOutput(options.stdout ?? process.stdout);
  return fileOutput(options.outputPath);
}

function streamOutput(stream: Writable): PredictOutput {
  return {
    async write(text) {
      if (text === '' || stream.write(text, 'latin1')) return;
      await once(stream, 'drain');
    },
    commit: () =>
      new Promise((resolve, reject) => {
        stream.write('', (error) => {
          if (error) reject(unwritable('stdout', error));
          else resolve();
        });
      }),
    abandon: async () => undefined,
  };
}

async function fileOutput(path: string): Promise<PredictOutput> {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const guard = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw unwritable(path, error);
    });
  const file = await guard(open(aside, 'w'));
  return {
    write: async (text) => {
      await guard(file.write(Buffer.from(text, 'latin1')));
    },
    commit: async () => {
      await guard(file.close());
      await guard(rename(aside, path));
    },
    abandon: async () => {
      await file.close().catch(() => undefined);
      await rm(aside, { force: true });
    },
  };
}

function unwritable(path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return slipwayError('OUTPUT_FILE_UNWRITABLE', `The output ${path} cannot be written: ${reason}`, {
    details: { path },
    cause,
  });
}
