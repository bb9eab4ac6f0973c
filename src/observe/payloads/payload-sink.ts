import type { PayloadEntry } from './payload-entry.ts';

/** Where the payload log's entries go. */
export interface PayloadSink {
  /** Entries that could not be written. */
  readonly dropped: number;
  /** Takes an entry; never fails, and makes nobody wait. */
  write(entry: PayloadEntry): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Options of every sink. */
export interface PayloadFileOptions {
  readonly file: string;
  /** Bytes after which another file is begun. */
  readonly fileBytes: number;
  /** Files that are kept, the present one included; the newest first. */
  readonly files: number;
  /** Hears the first of failures in a row. */
  readonly onError: (error: Error) => void;
}
