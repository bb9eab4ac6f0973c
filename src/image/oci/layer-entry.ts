/** What a layer holds. */
export type LayerEntry = FileEntry | DirectoryEntry | SymlinkEntry;

interface EntryBase {
  /** Path in the image, without a slash at either end. */
  readonly path: string;
  /** Permission bits. Default: 644 for files, 755 for folders. */
  readonly mode?: number;
  /** Owner, by number. Default: 0, root. */
  readonly uid?: number;
  readonly gid?: number;
}

/** A file, its content in memory or on disk. */
export interface FileEntry extends EntryBase {
  readonly type: 'file';
  readonly content: Buffer | FileContent;
}

/** Content that is read while the layer is written. */
export interface FileContent {
  readonly file: string;
  readonly sizeBytes: number;
}

/** A folder. */
export interface DirectoryEntry extends EntryBase {
  readonly type: 'directory';
}

/** A symbolic link. */
export interface SymlinkEntry extends EntryBase {
  readonly type: 'symlink';
  readonly target: string;
}

/** Bytes of an entry's content. */
export function sizeOf(entry: LayerEntry): number {
  if (entry.type !== 'file') return 0;
  return Buffer.isBuffer(entry.content) ? entry.content.length : entry.content.sizeBytes;
}
