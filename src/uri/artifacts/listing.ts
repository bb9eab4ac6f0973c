/** Listings that others wrote: paths, sizes and counts are checked before anything is made of them. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { checkRelativePath } from './check-relative-path.ts';
import type { ArtifactFile } from './artifact-store.ts';

/** More files than any model has. */
export const fileLimit = 100_000;

/** Collects files of a listing. */
export class Listing {
  readonly #location: string;
  readonly #files = new Map<string, ArtifactFile>();

  constructor(location: string) {
    this.#location = location;
  }

  /** In the order of their paths. @throws MODEL_LISTING_INVALID when a file is also a folder of another */
  get files(): readonly ArtifactFile[] {
    for (const path of this.#files.keys()) {
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        if (this.#files.has(path.slice(0, end))) throw this.invalid(path, 'lies below a file');
      }
    }
    return [...this.#files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** @throws MODEL_LISTING_INVALID */
  add(file: ArtifactFile): void {
    this.checkPath(file.path);
    const { sizeBytes } = file;
    if (sizeBytes !== null && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
      throw this.invalid(file.path, `has the size ${String(sizeBytes)}`);
    }
    this.#files.set(file.path, file);
    this.checkCount(this.#files.size);
  }

  /** @throws MODEL_LISTING_INVALID */
  checkPath(path: string): void {
    const reason = checkRelativePath(path);
    if (reason !== null) throw this.invalid(path, reason);
  }

  /** @throws MODEL_LISTING_INVALID */
  checkCount(count: number): void {
    if (count > fileLimit) throw this.invalid('…', `is one of more than ${fileLimit} entries`);
  }

  /** The refusal of the entry `path`; `reason` ends the sentence. */
  invalid(path: string, reason: string): SlipwayError {
    const shown = JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);
    return slipwayError(
      'MODEL_LISTING_INVALID',
      `${this.#location} lists ${shown}, which ${reason}; nothing of it is used`,
      { details: { location: this.#location, path } },
    );
  }
}
