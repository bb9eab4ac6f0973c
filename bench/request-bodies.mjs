// Request bodies of 1 and of 1,000 rows (or others), made from the rows of a CSV file.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes them below `folder`; rows → file. */
export function writeBodies(csv, folder, sizes = [1, 1000]) {
  const [head, ...lines] = readFileSync(csv, 'utf8').trim().split('\n');
  const data = lines.map((line) => line.split(',').map(Number));
  return Object.fromEntries(
    sizes.map((rows) => {
      const file = path.join(folder, `rows-${rows}.json`);
      writeFileSync(
        file,
        JSON.stringify({
          dataframe_split: { columns: head.split(','), data: data.slice(0, rows) },
        }),
      );
      return [rows, file];
    }),
  );
}
