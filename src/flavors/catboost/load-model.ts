/** The model folder → a checked model and the class that MLflow would load it into. */
import { readModelFile } from '../../model/read-model-file.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { BinnedEnsemble } from '../../trees/oblivious/binned-ensemble.ts';
import { type Answerer, makeAnswerer } from './answer.ts';
import { buildEnsemble } from './build-ensemble.ts';
import type { CatboostModel } from './catboost-model.ts';
import { findModelClass, type ModelClass } from './model-class.ts';
import { notNative } from './model-error.ts';
import { readCbm } from './read-cbm.ts';
import { readJsonModel } from './read-json-model.ts';

/** A model and how it is to be used. */
export interface LoadedModel {
  readonly modelClass: ModelClass;
  readonly model: CatboostModel;
  readonly ensemble: BinnedEnsemble;
  readonly answer: Answerer;
}

/**
 * Reads the file that the `catboost` flavor names.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function loadModel(saved: SavedModel): Promise<LoadedModel> {
  const config = saved.flavors.get('catboost') ?? {};
  const modelClass = findModelClass(config['model_type']);
  if (modelClass === undefined) {
    throw notNative(`its class ${String(config['model_type'])} is not one of CatBoost's own`);
  }
  const format = config['save_format'] ?? 'cbm';
  const bytes = await readModelFile(saved, 'catboost', config['data'] ?? 'model.cb');
  const model = parseModelFile(bytes, format);
  const ensemble = buildEnsemble(model);
  return { modelClass, model, ensemble, answer: makeAnswerer(modelClass, model) };
}

/** Names of cbm. Source: CatBoost 1.2 libs/model/enums.h `EModelType`. */
const binaryFormats: ReadonlySet<unknown> = new Set(['cbm', 'catboost', 'CatboostBinary']);

function parseModelFile(bytes: Uint8Array, format: unknown): CatboostModel {
  if (binaryFormats.has(format)) return readCbm(bytes);
  if (format === 'json' || format === 'Json')
    return readJsonModel(Buffer.from(bytes).toString('utf8'));
  throw notNative(`its format ${String(format)} is neither cbm nor json`);
}
