/** Opens a model, scores one file or stdin with it, and closes it again. */
import type { PredictOptions } from '../contract/flavor-backend.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openModel } from './open-model.ts';
import { predictFile, type PredictProgress } from './predict-file.ts';

/** Hooks of {@link runPredict}. */
export interface PredictHooks {
  /** Called after each block of CSV rows. */
  readonly onProgress?: (progress: PredictProgress) => void;
}

/**
 * Scores `predict.inputPath` or stdin.
 *
 * @throws the codes of opening a model, of payload and schema, and PREDICT_FAILED
 */
export async function runPredict(
  uri: string,
  predict: PredictOptions,
  { compat, lenientTypes, hideDetails, nonFinite, ...options }: ResolvedBackendOptions,
  hooks: PredictHooks = {},
): Promise<void> {
  const scoring = { compat, lenientTypes, hideDetails, nonFinite };
  const { model, scorer } = await openModel(uri, { ...options, ...scoring });
  try {
    const { contentType = 'json' } = predict;
    const target = { scorer, signature: model.signature };
    await predictFile(target, { ...predict, ...scoring, ...hooks, contentType });
  } finally {
    await scorer.close();
  }
}
