import type { OpenOptions } from '../../contract/runtime.ts';
import type { Scorer } from '../../contract/scorer.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { boosters } from './assess.ts';
import { openMarginSource } from './margin-source.ts';
import { type OpenedBooster, predict, predictsInplace } from './predict.ts';

/** Opens a saved XGBoost model. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
export async function open(model: SavedModel, options: OpenOptions): Promise<Scorer> {
  const loaded = await boosters.take(model);
  const source = openMarginSource(loaded.model, {
    inplace: predictsInplace(loaded),
    ...(options.threads !== undefined && { threads: options.threads }),
  });
  const opened: OpenedBooster = { ...loaded, source };
  return {
    predict: (input, params, signal) => predict(opened, input, params, signal),
    close: () => source.close(),
  };
}
