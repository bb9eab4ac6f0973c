import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { BinnedKernel } from '../../trees/oblivious/binned-kernel.ts';
import { models } from './assess.ts';
import { ColumnMatcher } from './match-columns.ts';
import { type OpenedModel, predict } from './predict.ts';

/** Opens a saved CatBoost model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(saved: SavedModel, _options: OpenOptions): Promise<Scorer> {
  const loaded = await models.take(saved);
  const opened: OpenedModel = {
    ...loaded,
    kernel: new BinnedKernel(loaded.ensemble),
    matcher: new ColumnMatcher(loaded.model),
  };
  return {
    predict: (input, _params, signal) => predict(opened, input, signal),
    close: () => Promise.resolve(),
  };
}
