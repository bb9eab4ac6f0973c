/** One file in an archive. */
export interface ArchiveEntry {
  /** Where its bytes start in the archive. */
  readonly offset: number;
  /** Bytes in the archive. */
  readonly storedBytes: number;
  /** Bytes of the file. */
  readonly sizeBytes: number;
  readonly method: 'stored' | 'deflate';
  /** null where the archive has no checksum. */
  readonly crc32: number | null;
}
