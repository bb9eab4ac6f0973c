import { type AssessedModels, assessByReading } from '../assess-by-reading.ts';
import { loadModel, type LoadedModel } from './load-model.ts';
import { usesMathsLibrary } from './support.ts';

/** Whether saved LightGBM models are scored exactly, and what reading them for that gave. */
export const models: AssessedModels<LoadedModel> = assessByReading({
  library: 'lightgbm',
  read: loadModel,
  judge: (loaded) => ({
    canScore: true,
    flavor: 'lightgbm',
    reason: describe(loaded),
    tolerance: toleranceOf(loaded),
  }),
});

/** As the rows of `support` state it; labels are chosen, not computed. */
function toleranceOf({ booster: { objective, linearLeaves }, estimator }: LoadedModel): number {
  if (estimator !== null && estimator.labels !== null) return 0;
  return linearLeaves.size > 0 || usesMathsLibrary(objective?.name ?? '') ? 1e-12 : 0;
}

function describe({ booster, estimator }: LoadedModel): string {
  const { objective, trees, linearLeaves, averageOutput } = booster;
  const kind = linearLeaves.size > 0 ? 'linear trees' : averageOutput ? 'averaged trees' : 'trees';
  return `${trees.length} ${kind} with ${objective === null ? 'an objective of its own' : `objective ${objective.name}`}, predicting as ${estimator?.className ?? 'booster'}`;
}
