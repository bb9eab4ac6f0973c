/** A place that holds the files of a model, wherever it is. One implementation for each kind of place. */

/** One file. */
export interface ArtifactFile {
  /** Path from the root of the model, with `/`; checked to stay inside it. */
  readonly path: string;
  /** null where the listing does not say. */
  readonly sizeBytes: number | null;
  /** Changes when the content does, where the listing says so. */
  readonly etag?: string;
}

/** Options of {@link ArtifactStore.download}. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Hears of bytes as they are written; negative when some are thrown away. */
  readonly onBytes?: (byteCount: number) => void;
}

/** The files of one model at one place. */
export interface ArtifactStore {
  /** The address, without secrets; part of the cache's key. */
  readonly location: string;
  /** Every file, folders followed. @throws MODEL_NOT_FOUND when there is nothing, MODEL_LISTING_INVALID */
  list(signal?: AbortSignal): Promise<readonly ArtifactFile[]>;
  /** Content of a small file; null when there is none. @throws MODEL_LISTING_INVALID above `limitBytes` */
  read(path: string, limitBytes: number, signal?: AbortSignal): Promise<Buffer | null>;
  /** Changes when anything there does; null or absent where nothing says so. Cheap. */
  stamp?(signal?: AbortSignal): Promise<string | null>;
  /** Writes one file of the listing to `target`, whole, or fails. */
  download(file: ArtifactFile, target: string, options: DownloadOptions): Promise<void>;
  /** Puts `text` in the place of a file; absent where only reading is known. */
  write?(path: string, text: string): Promise<void>;
}
