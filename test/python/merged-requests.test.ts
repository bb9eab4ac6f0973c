/**
 * Requests that are merged get the answers that they would get alone, whatever goes along with them: of a tree model
 * the same bytes, of one whose rows BLAS multiplies within 1e-12; one bad request fails no other.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Scorer } from '../../src/contract/scorer.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import { projectRoot } from '../architecture/source-files.ts';
import { judgeText } from '../conformance/compare-answers.ts';
import { referencePython } from '../conformance/reference-python.ts';
import { type PythonServer, servePython } from './python-server.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'slipway-merged-'));
const rounds = 4;
const requestsInRound = 40;

/** Requests of every round; in every other one some have a row that is refused. */
function requestBodies(columns: number, bad: string): readonly (readonly string[])[] {
  const value = fc.double({ min: -4, max: 4, noNaN: true }).map(String);
  const row = fc.array(value, { minLength: columns, maxLength: columns });
  const rows = fc.array(row, { minLength: 1, maxLength: 12 });
  const spoilt = rows.map(([first = [], ...rest]) => [[bad, ...first.slice(1)], ...rest]);
  const mixed = fc.oneof({ weight: 12, arbitrary: rows }, { weight: 1, arbitrary: spoilt });
  const names = JSON.stringify(Array.from({ length: columns }, (_unused, at) => `x${at}`));
  const bodyOf = (lines: readonly (readonly string[])[]): string =>
    `{"dataframe_split":{"columns":${names},"data":[${lines.map((line) => `[${line.join()}]`).join()}]}}`;
  return Array.from({ length: rounds }, (_unused, seed) =>
    fc.sample((seed % 2 === 0 ? rows : mixed).map(bodyOf), { numRuns: requestsInRound, seed }),
  );
}

async function answerOf(server: PythonServer, body: string): Promise<string> {
  const response = await server.post(body);
  return `${response.status} ${await response.text()}`;
}

describe.skipIf(referencePython === null)('merged requests (needs the reference Python)', () => {
  beforeAll(() => {
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const script = path.join(projectRoot, 'test/python/save_linear.py');
    execFileSync(referencePython!, [script, path.join(folder, 'linear')], { stdio: 'ignore' });
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    vi.restoreAllMocks();
  });

  it.each([
    ['trees', path.join(projectRoot, 'test/fixtures/corpus/models/regressor'), 4, '"text"', 0],
    ['BLAS', path.join(folder, 'linear'), 10, 'NaN', 1e-12],
  ])(
    '%s: the same as alone',
    async (_name, directory, columns, bad, tolerance) => {
      const model = await readSavedModel(directory);
      let calls = 0;
      const counted = (scorer: Scorer): Scorer => ({
        ...scorer,
        predict: (input, params, signal) => {
          calls++;
          return scorer.predict(input, params, signal);
        },
      });
      const merged = await servePython(model, { wrap: counted });
      const alone = await servePython(model, { batching: false });
      let refused = 0;
      for (const bodies of requestBodies(columns, bad)) {
        const together = await Promise.all(bodies.map((body) => answerOf(merged, body)));
        for (const [at, body] of bodies.entries()) {
          const expected = await answerOf(alone, body);
          expect(judgeText(expected, together[at] ?? '', tolerance)).toBeNull();
          if (!expected.startsWith('200')) refused++;
        }
      }
      expect(refused).toBeGreaterThan(0);
      expect(calls).toBeLessThan(rounds * requestsInRound);
      expect([...(await merged.close()), ...(await alone.close())]).toEqual([]);
    },
    120_000,
  );
});
