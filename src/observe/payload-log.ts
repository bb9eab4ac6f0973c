/**
 * A sample of requests with their answers, for drift detection and debugging. Written behind the requests' backs: what the
 * disk cannot take is dropped and counted.
 */
import type { ObservedRequest } from './observed-request.ts';
import { payloadEntry } from './payloads/payload-entry.ts';
import { PayloadLines } from './payloads/payload-lines.ts';
import type { PayloadFileOptions } from './payloads/payload-sink.ts';
import { PayloadTables } from './payloads/payload-tables.ts';

/** Options of {@link openPayloadLog}. */
export interface PayloadLogOptions extends PayloadFileOptions {
  /** Share of requests that are kept, 0 to 1. */
  readonly sample: number;
  /** Most bytes of a body, and of an answer, that are kept. */
  readonly maxBytes: number;
}

/** Keeps a sample of the requests of a server. */
export interface PayloadLog {
  /** Entries that could not be written. */
  readonly dropped: number;
  /** Entries that were handed over for writing. */
  readonly kept: number;
  /** Chooses requests: those that get a payload are kept. */
  begin(request: ObservedRequest): void;
  /** Writes a request that was chosen. */
  end(request: ObservedRequest, status: number, endedAtMs: number): void;
  close(): Promise<void>;
}

/** Opens the log: Parquet where the file is called `….parquet`, else lines of JSON. @throws what opening the file throws */
export function openPayloadLog(options: PayloadLogOptions): PayloadLog {
  const { file, sample, maxBytes } = options;
  const isTable = file.endsWith('.parquet');
  const sink = isTable ? new PayloadTables(options) : new PayloadLines(options);
  let kept = 0;
  return {
    get dropped() {
      return sink.dropped;
    },
    get kept() {
      return kept;
    },
    begin: (request) => {
      if (Math.random() < sample) {
        request.payload = { body: null, answer: [], roomBytes: maxBytes };
      }
    },
    end: (request, status, endedAtMs) => {
      const { payload } = request;
      // Only what was asked of a model is worth keeping.
      if (payload === null || request.model === null) return;
      kept += 1;
      sink.write(payloadEntry(request, payload, { status, endedAtMs }, maxBytes));
    },
    close: () => sink.close(),
  };
}
