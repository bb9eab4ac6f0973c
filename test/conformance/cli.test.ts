/**
 * Recorded runs of `mlflow models predict`, through `predict --compat mlflow`: the same output, or a failure. Native
 * models by their own readers, Python models, and on request others, by workers with the real libraries.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { predictFile, type PredictTarget } from '../../src/backend/predict-file.ts';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createNativeRuntime } from '../../src/runtimes/native.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { judgeText, toleranceOf } from './compare-answers.ts';
import { type CliCase, type CorpusModel, outerCorpora, ownCorpus, readCorpus } from './corpus.ts';
import { referenceEnvironment, referencePython } from './reference-python.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-cli-'));
const inputPath = path.join(folder, 'input');
const outputPath = path.join(folder, 'output');
const scoring = { compat: 'mlflow', lenientTypes: false, nonFinite: 'tokens' } as const;

/** What is wrong; null when the run did as MLflow's. */
async function replayRun(
  target: PredictTarget,
  { numeric }: CorpusModel,
  one: CliCase,
): Promise<string | null> {
  writeFileSync(inputPath, one.input);
  rmSync(outputPath, { force: true });
  try {
    const files = { inputPath, outputPath, contentType: one.content_type };
    await predictFile(target, { ...files, ...scoring });
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return one.ok ? error.message : null;
  }
  const output = readFileSync(outputPath, 'utf8');
  return one.ok
    ? judgeText(one.output ?? '', output, toleranceOf(numeric))
    : `${output.slice(0, 200)} in place of a failure`;
}

async function replayModel(
  recorded: CorpusModel,
  open: (model: SavedModel) => Promise<Scorer>,
): Promise<readonly string[]> {
  const model = await readSavedModel(recorded.directory);
  const scorer = await open(model);
  const problems: string[] = [];
  for (const one of recorded.cliCases) {
    const problem = await replayRun({ scorer, signature: model.signature }, recorded, one);
    if (problem !== null) problems.push(`${one.id}: ${problem}`);
  }
  await scorer.close();
  return problems;
}

const models = [ownCorpus, ...outerCorpora]
  .flatMap((corpus) => readCorpus(corpus))
  .filter(({ cliCases }) => cliCases.length > 0);

function named(chosen: readonly CorpusModel[]): readonly (readonly [string, CorpusModel])[] {
  return chosen.map((model) => [model.name, model]);
}

const native = createNativeRuntime();
const nativeModels: CorpusModel[] = [];
for (const recorded of models) {
  const { canScore } = await native.assess(await readSavedModel(recorded.directory));
  if (canScore) nativeModels.push(recorded);
}

describe('predict --compat mlflow', () => {
  it.each(named(nativeModels))('%s', async (_name, recorded) => {
    const open = (model: SavedModel): Promise<Scorer> => native.open(model, { kind: 'native' });
    expect(await replayModel(recorded, open)).toEqual([]);
  });
});

describe.skipIf(referencePython === null)(
  'predict --compat mlflow --runtime python (needs the reference Python)',
  () => {
    const only = process.env['SLIPWAY_PYTHON_MODELS'];
    const chosen = models.filter(({ name, family, needsPython }) =>
      only === undefined ? needsPython || family === 'statsmodels' : new RegExp(only).test(name),
    );
    const python = createPythonRuntime();
    it.each(named(chosen))(
      '%s',
      async (_name, recorded) => {
        vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
        const open = (model: SavedModel): Promise<Scorer> =>
          python.open(model, referenceEnvironment());
        expect(await replayModel(recorded, open)).toEqual([]);
        vi.restoreAllMocks();
      },
      60_000,
    );
  },
);

afterAll(() => rmSync(folder, { recursive: true, force: true }));
