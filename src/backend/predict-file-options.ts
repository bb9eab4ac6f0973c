import type { Readable, Writable } from 'node:stream';
import type { Scorer } from '../contract/scorer.ts';
import type { Signature } from '../model/signature.ts';

/** What scores. */
export interface PredictTarget {
  readonly scorer: Scorer;
  readonly signature: Signature | null;
}

/** How far a run is. */
export interface PredictProgress {
  /** Rows scored and written. */
  readonly rows: number;
  readonly bytesRead: number;
  /** Size of the input; null when it is a stream. */
  readonly totalBytes: number | null;
}

/** Options of {@link predictFile}. */
export interface PredictFileOptions {
  /** stdin when absent. */
  readonly inputPath?: string;
  /** stdout when absent. */
  readonly outputPath?: string;
  readonly contentType: 'json' | 'csv';
  readonly compat: 'slipway' | 'mlflow';
  readonly lenientTypes: boolean;
  /** Keep data and the schema out of error messages. Default: false. */
  readonly hideDetails?: boolean;
  readonly nonFinite: 'tokens' | 'null';
  /** Default: the streams of the process. */
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly signal?: AbortSignal;
  /** Called after each block of CSV rows. */
  readonly onProgress?: (progress: PredictProgress) => void;
}
