/** Replays recorded runs of `mlflow models predict` through `predict --compat mlflow`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { predictFile, type PredictTarget } from '../../src/backend/predict-file.ts';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { judgeText, toleranceOf } from './compare-answers.ts';
import type { CliCase, CorpusModel } from './corpus.ts';

const scoring = { compat: 'mlflow', lenientTypes: false, nonFinite: 'tokens' } as const;

/** Input and output of the runs of one model. */
interface Files {
  readonly inputPath: string;
  readonly outputPath: string;
}

/** Replays every run of a model; what is wrong with each that is not as MLflow's. */
export async function replayCli(
  recorded: CorpusModel,
  open: (model: SavedModel) => Promise<Scorer>,
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'slipway-cli-'));
  const files = { inputPath: path.join(folder, 'input'), outputPath: path.join(folder, 'output') };
  const model = await readSavedModel(recorded.directory);
  const scorer = await open(model);
  const problems: string[] = [];
  try {
    for (const one of recorded.cliCases) {
      const target = { scorer, signature: model.signature };
      const problem = await replayRun(target, recorded, one, files);
      if (problem !== null) problems.push(`${one.id}: ${problem}`);
    }
  } finally {
    await scorer.close();
    rmSync(folder, { recursive: true });
  }
  return problems;
}

/** What is wrong; null when the run did as MLflow's. */
async function replayRun(
  target: PredictTarget,
  { numeric }: CorpusModel,
  one: CliCase,
  files: Files,
): Promise<string | null> {
  writeFileSync(files.inputPath, one.input);
  rmSync(files.outputPath, { force: true });
  try {
    await predictFile(target, { ...files, contentType: one.content_type, ...scoring });
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return one.ok ? error.message : null;
  }
  const output = readFileSync(files.outputPath, 'utf8');
  return one.ok
    ? judgeText(one.output ?? '', output, toleranceOf(numeric))
    : `${output.slice(0, 200)} in place of a failure`;
}
