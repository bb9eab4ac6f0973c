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
const totals = new Map<string, { passed: number; failed: number }>();

function count(corpus: string, cases: number, failed: number): void {
  const total = totals.get(corpus) ?? { passed: 0, failed: 0 };
  total.passed += cases - failed;
  total.failed += failed;
  totals.set(corpus, total);
}

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
    const title = `${path.basename(path.dirname(folder))}/${path.basename(folder)}`;
    describe(title, () => {
      it.each(models.map((model) => [model.name, model] as const))(
        '%s',
        async (_name, model) => {
          const outcomes = await replayModel(model, 'slipway', openInPython);
          const wrong = outcomes.filter(({ verdict }) => verdict === 'failed');
          count(title, outcomes.length, wrong.length);
          expect(wrong.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
        },
        120_000,
      );
    });
  }

  afterAll(() => {
    for (const [title, { passed, failed }] of totals) {
      process.stdout.write(`python runtime, ${title}: ${passed} passed, ${failed} failed\n`);
    }
  });
});
