import { type AssessedModels, assessByReading } from '../assess-by-reading.ts';
import { isExponential } from './answer.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { exponentialTolerance } from './support.ts';

/** Whether saved CatBoost models are scored exactly, and what reading them for that gave. */
export const models: AssessedModels<LoadedModel> = assessByReading({
  library: 'catboost',
  read: loadModel,
  judge: ({ model, modelClass }) => {
    const shape = model.trees.kind === 'oblivious' ? 'symmetric' : 'non-symmetric';
    return {
      canScore: true,
      flavor: 'catboost',
      reason: `${shape} trees, predicting as ${modelClass}`,
      tolerance: isExponential(modelClass, model) ? exponentialTolerance : 0,
    };
  },
});
