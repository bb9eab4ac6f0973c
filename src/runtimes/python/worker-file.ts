import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const relativePath = path.join('python', 'worker.py');

/**
 * Path of the Python file that workers run. It stands beside `src` and `dist`, however deep this code stands
 * in them once it is bundled.
 */
export function workerFile(): string {
  found ??= search(path.dirname(fileURLToPath(import.meta.url)));
  return found;
}

let found: string | undefined;

function search(from: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const file = path.join(folder, relativePath);
    if (existsSync(path.join(folder, 'package.json')) && existsSync(file)) return file;
    if (folder === path.dirname(folder)) {
      throw new Error(`the package is incomplete: no ${relativePath} above ${from}`);
    }
  }
}
