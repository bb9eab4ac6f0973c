import { closeSync, openSync, renameSync, rmSync } from 'node:fs';

/**
 * Makes room for a new file: the present one, number 0, becomes number 1, that one number 2, up to `files` with the new
 * one; what would be beyond is removed.
 *
 * @param nameOf the name of a number
 * @throws what the file system throws
 */
export function shiftFiles(nameOf: (number: number) => string, files: number): void {
  rmSync(nameOf(files - 1), { force: true });
  for (let number = files - 2; number >= 0; number--) {
    moveIfThere(nameOf(number), nameOf(number + 1));
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    closeSync(openSync(from, 'r'));
  } catch {
    return;
  }
  renameSync(from, to);
}
