/** The model folder → a checked Booster; also the way in for texts that stand in other files. */
import { readModelFile } from '../../model/read-model-file.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { LightgbmModel } from './lightgbm-model.ts';
import { parseModelText } from './parse-model-text.ts';

/**
 * Reads the text of a Booster, wherever it stood: the file of a model, or the string inside a pickled one.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export function openLightgbmText(text: Uint8Array | string): LightgbmModel {
  return parseModelText(typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
}

const boosterClass = 'lightgbm.basic.Booster';

/** True where the `lightgbm` flavor holds a Booster; models saved before MLflow 1.23 say nothing and hold one. */
export function holdsBooster(model: SavedModel): boolean {
  return (model.flavors.get('lightgbm')?.['model_class'] ?? boosterClass) === boosterClass;
}

/**
 * Reads the Booster's file that the `lightgbm` flavor names.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function loadBooster(model: SavedModel): Promise<LightgbmModel> {
  const config = model.flavors.get('lightgbm') ?? {};
  return openLightgbmText(await readModelFile(model, 'lightgbm', config['data']));
}
