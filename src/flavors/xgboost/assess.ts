import { type AssessedModels, assessByReading } from '../assess-by-reading.ts';
import { loadBooster, type LoadedBooster } from './load-booster.ts';
import { usesMathsLibrary } from './objectives.ts';

/** Whether saved XGBoost models are scored exactly, and what reading them for that gave. */
export const boosters: AssessedModels<LoadedBooster> = assessByReading({
  library: 'xgboost',
  read: loadBooster,
  judge: ({ model: { booster, objective }, modelClass }) => ({
    canScore: true,
    flavor: 'xgboost',
    reason: `${booster.kind} with objective ${objective.name}, predicting as ${modelClass}`,
    tolerance: usesMathsLibrary(objective.name) ? 1e-6 : 0,
  }),
});
