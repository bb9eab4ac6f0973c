/**
 * The oracle once more, with the python runtime: every recorded exchange of every flavor gets MLflow's answer from
 * worker processes that run the real libraries. Skipped where that Python is not there.
 */
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Scorer } from '../../src/contract/scorer.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { type CorpusModel, outerCorpora, ownCorpus, readCorpus } from './corpus.ts';
import { referenceEnvironment, referencePython } from './reference-python.ts';
import { replayModel } from './replay.ts';

const runtime = createPythonRuntime();
const only = process.env['SLIPWAY_PYTHON_MODELS'];
let passed = 0;
let failed = 0;

async function openInPython(model: SavedModel): Promise<{ scorer: Scorer; scores: boolean }> {
  const scorer = await runtime.open(model, referenceEnvironment(), { threads: 4 });
  return { scorer, scores: true };
}

/** All Python models, and one of each other family, unless a pattern of names asks for more. */
function chosen(models: readonly CorpusModel[]): readonly CorpusModel[] {
  if (only !== undefined) return models.filter(({ name }) => new RegExp(only).test(name));
  const families = new Set<string>();
  return models.filter(({ family, needsPython }) => {
    const isFirst = !families.has(family);
    families.add(family);
    return needsPython || isFirst;
  });
}

describe.skipIf(referencePython === null)('python runtime (needs the reference Python)', () => {
  for (const folder of [ownCorpus, ...outerCorpora]) {
    const models = chosen(readCorpus(folder));
    describe(path.basename(path.dirname(folder)) + '/' + path.basename(folder), () => {
      it.each(models.map((model) => [model.name, model] as const))(
        '%s',
        async (_name, model) => {
          const outcomes = await replayModel(model, 'slipway', openInPython);
          const wrong = outcomes.filter(({ verdict }) => verdict === 'failed');
          passed += outcomes.length - wrong.length;
          failed += wrong.length;
          expect(wrong.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
        },
        120_000,
      );
    });
  }

  afterAll(() => {
    process.stdout.write(`python runtime: ${passed} passed, ${failed} failed\n`);
  });
});
