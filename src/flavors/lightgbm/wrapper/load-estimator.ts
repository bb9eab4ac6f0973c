import { readModelFile } from '../../../model/read-model-file.ts';
import type { SavedModel } from '../../../model/saved-model.ts';
import { type PickledFormat, readPickledModel } from '../../../pickled/read-pickled-model.ts';
import type { Estimator } from './estimator.ts';
import { invalidModelFile } from './invalid-model-file.ts';
import { parseEstimator } from './parse-estimator.ts';

const formats: ReadonlySet<unknown> = new Set<PickledFormat>(['skops', 'pickle', 'cloudpickle']);

/**
 * Reads the estimator that the `lightgbm` flavor names. MLflow before 1.24 states no `serialization_format`.
 * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
 */
export async function loadEstimator(model: SavedModel): Promise<Estimator> {
  const config = model.flavors.get('lightgbm') ?? {};
  const format = config['serialization_format'] ?? 'unknown';
  if (format !== 'unknown' && !formats.has(format)) {
    throw invalidModelFile(`serialization_format is ${JSON.stringify(format)}`);
  }
  const bytes = await readModelFile(model, 'lightgbm', config['data']);
  return parseEstimator(readPickledModel(bytes, format as PickledFormat));
}
