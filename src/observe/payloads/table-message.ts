/** What is said to the thread that writes Parquet, which answers with a `TableOutcome` for each write. */
import type { PayloadEntry } from './payload-entry.ts';

/** Entries to write; null: write what is left, and end. */
export type TableCall = readonly PayloadEntry[] | null;
