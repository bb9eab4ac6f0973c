/** docs/reference/errors.md and the catalogue list the same codes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { errorCatalogue } from '../../src/errors/catalogue.ts';
import { projectRoot } from './source-files.ts';

const page = readFileSync(path.join(projectRoot, 'docs/reference/errors.md'), 'utf8');

it('docs and catalogue hold the same codes, meanings and statuses', () => {
  const documented = Array.from(page.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (\d+) \|/gm), (row) => [
    row[1],
    row[2],
    Number(row[3]),
  ]);
  const catalogued = Object.entries(errorCatalogue).map(([code, definition]) => [
    code,
    definition.meaning,
    definition.httpStatus,
  ]);
  expect(documented).toEqual(catalogued);
});
