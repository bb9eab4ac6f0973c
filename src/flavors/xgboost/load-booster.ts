/** The model folder → a checked booster and the class that MLflow would load it into. */
import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';
import { readModelFile } from '../../model/read-model-file.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { BoosterModel } from './booster-model.ts';
import { paramForPython } from './call-options.ts';
import { findModelClass, type ModelClass } from './model-class.ts';
import { readJson } from './read-json.ts';
import { readUbjson } from './read-ubjson.ts';
import { parseBoosterModel } from './schema.ts';
import { sniffFormat } from './sniff-format.ts';

/** A booster and how it is to be used. */
export interface LoadedBooster {
  readonly modelClass: ModelClass;
  readonly model: BoosterModel;
}

/**
 * Reads the file that the `xgboost` flavor names.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function loadBooster(model: SavedModel): Promise<LoadedBooster> {
  const config = model.flavors.get('xgboost') ?? {};
  const modelClass = findModelClass(config['model_class']);
  if (modelClass === undefined) {
    throw notNative(`its class ${String(config['model_class'])} is not one of XGBoost's own`);
  }
  const param = paramForPython(modelClass, model.signature?.params ?? null);
  if (param !== undefined) {
    throw notNative(
      `its signature declares the param ${param}, which only XGBoost itself computes`,
    );
  }
  const booster = parseModelFile(await readModelFile(model, 'xgboost', config['data']));
  checkEstimatorType(modelClass, booster);
  return { modelClass, model: booster };
}

/**
 * Parses the bytes of a model file, whatever its extension.
 * @throws MODEL_FILE_INVALID; MODEL_NOT_NATIVE for the old binary format
 */
function parseModelFile(bytes: Uint8Array): BoosterModel {
  const format = sniffFormat(bytes);
  if (format === 'ubjson') return parseBoosterModel(readUbjson(bytes));
  if (format === 'json') return parseBoosterModel(readJson(Buffer.from(bytes).toString('utf8')));
  throw notNative(
    'the file is in the old binary format (or in none of XGBoost), which XGBoost 3.1 and later do not read either; load it with the XGBoost that saved it and save it again as .ubj',
  );
}

/** Source: XGBoost 3.2 sklearn.py `XGBModel.load_model`. */
function checkEstimatorType(modelClass: ModelClass, model: BoosterModel): void {
  if (modelClass === 'booster' || model.estimatorType === null) return;
  if (modelClass === model.estimatorType) return;
  throw notNative(
    `a ${model.estimatorType} was saved in it, which XGBoost does not load as a ${modelClass}`,
  );
}

function notNative(reason: string): SlipwayError {
  return slipwayError(
    'MODEL_NOT_NATIVE',
    `The XGBoost model can't be scored natively: ${reason}.`,
    {
      details: { reason },
    },
  );
}
