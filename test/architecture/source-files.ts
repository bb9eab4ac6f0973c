/** The project's own sources as the architecture tests see them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the project. */
export const projectRoot: string = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../..',
);

/** One source file. */
export interface SourceFile {
  /** Path from the project root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** Every TypeScript file below `folder` that people write. */
export function readSources(folder: string): readonly SourceFile[] {
  return readdirSync(path.join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .filter((entry) => !entry.name.endsWith('.generated.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => {
      const text = readFileSync(file, 'utf8');
      return {
        path: path.relative(projectRoot, file).split(path.sep).join('/'),
        text,
        lines: text.replace(/\n$/, '').split('\n'),
      };
    });
}

/** Relative imports of a file as project paths, and bare ones as they stand. */
export function importsOf(file: SourceFile): readonly string[] {
  const pattern = /(?:from|import\()\s*'([^']+)'|^import\s+'([^']+)'/gm;
  return Array.from(file.text.matchAll(pattern), (match) => match[1] ?? match[2] ?? '').map(
    (target) =>
      target.startsWith('.')
        ? path.posix.normalize(path.posix.join(path.posix.dirname(file.path), target))
        : target,
  );
}
