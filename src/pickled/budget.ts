import { invalidFile } from './invalid-file.ts';

/** Generous for small files, and still bounded for big ones. */
const shares = [
  { base: 128 * 2 ** 20, perByte: 64 },
  { base: 2 * 2 ** 30, perByte: 6 },
] as const;

/**
 * How much memory and work the content of a file may ask for beyond reading each byte once: a small file
 * can name the same data many times over, or compress it well.
 */
export class Budget {
  #left: number;

  /** 128 MiB and 64 times the size of the file, but at most 2 GiB and 6 times its size. */
  constructor(fileSizeBytes: number) {
    this.#left = Math.min(...shares.map(({ base, perByte }) => base + perByte * fileSizeBytes));
  }

  /** Takes `bytes` before they are allocated. @throws MODEL_FILE_INVALID when they are too many */
  take(bytes: number, where: string | (() => string)): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) {
      throw invalidFile(
        'its content would take far more memory than the file itself',
        typeof where === 'string' ? where : where(),
      );
    }
  }
}
