import path from 'node:path';

/** A file that each of several processes has for itself: `log.jsonl` of the second is `log-2.jsonl`. Null: there is one process. */
export function fileOfPlace(file: string, place: number | null): string {
  if (place === null) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${place}${ext}`);
}
