/** Recorded batches of 300 rows, thresholds and their neighbours among them: the same text as MLflow's. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import { createScoringService } from '../../src/scoring/scoring-service.ts';
import { judgeText, toleranceOf } from './compare-answers.ts';
import { outerCorpora, readCorpus } from './corpus.ts';
import { openScorer } from './replay.ts';

/** Families with a native reader; models of theirs that it leaves to Python are skipped. */
const nativeFamilies: ReadonlySet<string> = new Set(['xgboost', 'lightgbm', 'onnx', 'catboost']);

const batches = outerCorpora
  .flatMap((corpus) => readCorpus(corpus))
  .flatMap((model) =>
    nativeFamilies.has(model.family) && model.batchDirectory !== null
      ? [[model.name, model, model.batchDirectory] as const]
      : [],
  );

describe.skipIf(batches.length === 0)('batches', () => {
  it.for(batches)('%s', async ([, model, directory], { skip }) => {
    const { signature, ...saved } = await readSavedModel(model.directory);
    const { scorer, scores } = await openScorer({ signature, ...saved });
    if (!scores) skip('needs another runtime');
    const service = createScoringService(
      { scorer, signature },
      { compat: 'slipway', lenientTypes: false, nonFinite: 'tokens', timeoutMs: 60_000 },
    );
    const answer = await service.score({
      body: readFileSync(path.join(directory, 'request.json')),
      contentType: 'application/json',
      startedAtMs: performance.now(),
    });
    const recorded = readFileSync(path.join(directory, 'response.json'), 'utf8').trimEnd();
    expect(judgeText(recorded, answer, toleranceOf(model.numeric))).toBeNull();
    await service.close();
  });
});
