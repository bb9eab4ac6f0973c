/**
 * Recorded runs of `mlflow models predict`, through `predict --compat mlflow`: the same output, or a failure. Native
 * models by their own readers, Python models, and on request others, by workers with the real libraries.
 */
import { describe, expect, it, vi } from 'vitest';
import type { Scorer } from '../../src/contract/scorer.ts';
import { readSavedModel } from '../../src/model/read-saved-model.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { createNativeRuntime } from '../../src/runtimes/native.ts';
import { createPythonRuntime } from '../../src/runtimes/python/index.ts';
import { type CorpusModel, outerCorpora, ownCorpus, readCorpus } from './corpus.ts';
import { referenceEnvironment, referencePython } from './reference-python.ts';
import { replayCli } from './replay-cli.ts';

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
    expect(await replayCli(recorded, open)).toEqual([]);
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
        expect(await replayCli(recorded, open)).toEqual([]);
        vi.restoreAllMocks();
      },
      60_000,
    );
  },
);
