import { invalidFile } from './invalid-file.ts';

const leastBytes = 64 * 2 ** 20;
const bytesPerFileByte = 32;

/**
 * How much memory and work the content of a file may ask for beyond reading each byte once: a small file
 * can name the same data many times over, or compress it well.
 */
export class Budget {
  #left: number;

  /** 64 MiB, and 32 times the size of the file. */
  constructor(fileSizeBytes: number) {
    this.#left = leastBytes + bytesPerFileByte * fileSizeBytes;
  }

  /** Takes `bytes` before they are allocated. @throws MODEL_FILE_INVALID when they are too many */
  take(bytes: number, where: string): void {
    this.#left -= bytes;
    if (!(this.#left >= 0)) {
      throw invalidFile('its content would take far more memory than the file itself', where);
    }
  }
}
