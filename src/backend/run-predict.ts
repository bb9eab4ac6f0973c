/** Opens a model, scores one file or stdin with it, and closes it again. */
import type { PredictOptions } from '../contract/flavor-backend.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openModel, type OpenModelOptions } from './open-model.ts';
import { predictFile, type PredictProgress } from './predict-file.ts';

/** Hooks of {@link runPredict}. */
export interface PredictHooks extends Pick<OpenModelOptions, 'onSelected'> {
  /** Called once the model is open. */
  readonly onOpened?: () => void;
  /** Called after each block of CSV rows. */
  readonly onProgress?: (progress: PredictProgress) => void;
}

/**
 * Scores `predict.inputPath` or stdin.
 *
 * @throws the codes of opening a model, of payload and schema, PREDICT_FAILED, and the reason of `predict.signal`
 */
export async function runPredict(
  uri: string,
  predict: PredictOptions,
  { compat, lenientTypes, hideDetails, nonFinite, ...options }: ResolvedBackendOptions,
  { onSelected, onOpened, ...hooks }: PredictHooks = {},
): Promise<void> {
  const scoring = { compat, lenientTypes, hideDetails, nonFinite };
  const { signal, contentType = 'json' } = predict;
  const opening = {
    ...(onSelected === undefined ? {} : { onSelected }),
    ...(signal === undefined ? {} : { signal }),
  };
  const { model, scorer } = await openModel(uri, { ...options, ...scoring }, opening);
  try {
    onOpened?.();
    const target = { scorer, signature: model.signature };
    await predictFile(target, { ...predict, ...scoring, ...hooks, contentType });
  } finally {
    await scorer.close();
  }
}
