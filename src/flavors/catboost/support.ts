import type { SupportRow } from '../../contract/flavor-reader.ts';

/** What the reader supports, for the documentation. */
export const support: readonly SupportRow[] = [
  { area: 'format', name: 'cbm', native: true, note: 'exact' },
];
