/**
 * The oracle: every recorded exchange gets MLflow's answer. The project's own small corpus always runs; larger
 * ones run when they stand beside the project. Prints a table flavor × passed, failed, needs another runtime.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../architecture/source-files.ts';
import { type CorpusModel, outerCorpora, ownCorpus, readCorpus } from './corpus.ts';
import { differences } from './listed-differences.ts';
import { type Outcome, replayModel } from './replay.ts';

const verdicts = ['passed', 'failed', 'needs another runtime'] as const;
const totals = new Map<string, Record<(typeof verdicts)[number], number>>();

function count(family: string, outcomes: readonly Outcome[]): void {
  const row = totals.get(family) ?? { passed: 0, failed: 0, 'needs another runtime': 0 };
  for (const { verdict } of outcomes) row[verdict]++;
  totals.set(family, row);
}

function describeCorpus(title: string, models: readonly CorpusModel[]): void {
  describe(title, () => {
    it.each(models.map((model) => [model.name, model] as const))('%s', async (_name, model) => {
      const outcomes = await replayModel(model);
      count(model.family, outcomes);
      const failed = outcomes.filter((outcome) => outcome.verdict === 'failed');
      expect(failed.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
    });
  });
}

describeCorpus('own corpus', readCorpus(ownCorpus));
for (const folder of outerCorpora) describeCorpus(path.basename(folder), readCorpus(folder));

describe('the own corpus', () => {
  it('is there', () => {
    expect(readCorpus(ownCorpus).length).toBeGreaterThan(0);
  });
});

describe('--compat mlflow', () => {
  const models = [ownCorpus, ...outerCorpora]
    .flatMap((folder) => readCorpus(folder))
    .filter((model) => model.family === 'xgboost');
  it.each(models.map((model) => [model.name, model] as const))(
    'leaves no difference: %s',
    async (_name, model) => {
      const failed = (await replayModel(model, 'mlflow')).filter((o) => o.verdict === 'failed');
      expect(failed.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
    },
  );
});

describe('listed differences', () => {
  const page = readFileSync(path.join(projectRoot, 'docs/reference/differences.md'), 'utf8');
  it.each(differences.map((difference) => difference.listedAs))('“%s” is documented', (text) => {
    expect(page).toContain(text);
  });
});

afterAll(() => {
  const rows = Array.from(totals).map(([family, row]) =>
    [
      family.padEnd(16),
      ...verdicts.map((verdict) => String(row[verdict]).padStart(verdict.length)),
    ].join('  '),
  );
  console.log([['flavor'.padEnd(16), ...verdicts].join('  '), ...rows].join('\n'));
});
