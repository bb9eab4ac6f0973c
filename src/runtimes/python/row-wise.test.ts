/** Which estimators may get the rows of several requests at once, and that their answers are the same then. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../test/architecture/source-files.ts';
import { referencePython } from '../../../test/conformance/reference-python.ts';
import { workerFile } from './worker-file.ts';

interface Verdict {
  readonly name: string;
  readonly verdict: string;
  readonly difference: number | null;
}

const merged = [
  'linear',
  'mixed',
  'forest',
  'stacking',
  'boosting',
  'log target',
  'neighbors',
  'support vectors',
  'bayes',
  'clusters',
  'constant',
];

const apart: Readonly<Record<string, string>> = {
  random: 'the model guesses at random',
  function: 'steps of Pipeline is a FunctionTransformer',
  inside: 'steps of Pipeline is a FunctionTransformer',
  'own class': 'the model is a __main__.Own',
  'own metric': 'metric of KNeighborsRegressor is a function',
  outliers: 'the model is a LocalOutlierFactor',
  'text alone': 'steps of Pipeline is a CountVectorizer',
};

describe.skipIf(referencePython === null)('estimators (needs the reference Python)', () => {
  it('are merged only where rows are independent', () => {
    const script = path.join(projectRoot, 'test/python/check_rows.py');
    const output = execFileSync(referencePython!, [script, workerFile()], { encoding: 'utf8' });
    const verdicts = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
    const refused = verdicts.filter(({ verdict }) => verdict !== 'yes');
    expect(Object.fromEntries(refused.map(({ name, verdict }) => [name, verdict]))).toEqual(apart);
    const accepted = verdicts.filter(({ verdict }) => verdict === 'yes');
    expect(accepted.map(({ name }) => name)).toEqual(merged);
    for (const { name, difference } of accepted) expect(difference, name).toBeLessThan(1e-12);
  }, 120_000);
});
