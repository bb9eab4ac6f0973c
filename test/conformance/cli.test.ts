/** Recorded runs of `mlflow models predict`, through `predict --compat mlflow`: the same output, or a failure. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveBackendOptions } from '../../src/backend/backend-options.ts';
import { runPredict } from '../../src/backend/run-predict.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { judgeText, toleranceOf } from './compare-answers.ts';
import { type CliCase, type CorpusModel, outerCorpora, ownCorpus, readCorpus } from './corpus.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-cli-'));
const inputPath = path.join(folder, 'input');
const outputPath = path.join(folder, 'output');
const options = resolveBackendOptions({ compat: 'mlflow', runtime: 'native' });

/** What is wrong; null when the run did as MLflow's. */
async function replayRun(model: CorpusModel, one: CliCase): Promise<string | null> {
  writeFileSync(inputPath, one.input);
  rmSync(outputPath, { force: true });
  try {
    const predict = { inputPath, outputPath, contentType: one.content_type };
    await runPredict(model.directory, predict, options);
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return one.ok ? error.message : null;
  }
  const output = readFileSync(outputPath, 'utf8');
  return one.ok
    ? judgeText(one.output ?? '', output, toleranceOf(model.numeric))
    : `${output.slice(0, 200)} in place of a failure`;
}

const models = [ownCorpus, ...outerCorpora]
  .flatMap((corpus) => readCorpus(corpus))
  .filter((model) => model.family === 'xgboost' && model.cliCases.length > 0);

describe('predict --compat mlflow', () => {
  it.each(models.map((model) => [model.name, model] as const))('%s', async (_name, model) => {
    const problems: string[] = [];
    for (const one of model.cliCases) {
      const problem = await replayRun(model, one);
      if (problem !== null) problems.push(`${one.id}: ${problem}`);
    }
    expect(problems).toEqual([]);
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));
