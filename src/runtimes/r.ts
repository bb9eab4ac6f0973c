/** The r runtime: worker processes running Rscript, for `crate` models. Not there yet. */
import type { Runtime } from '../contract/runtime.ts';
import { type AbsentAssessment, createAbsentRuntime } from './absent-runtime.ts';

/** Makes the r runtime. */
export function createRRuntime(): Runtime {
  return createAbsentRuntime('r', (model): AbsentAssessment =>
    model.flavors.has('crate')
      ? {
          canScore: false,
          reason: 'The r runtime is not part of this version of Slipway.',
          needs: [
            'a version of Slipway with the r runtime',
            'Rscript 3.3 or newer with the mlflow and carrier packages',
          ],
        }
      : {
          canScore: false,
          reason: 'The model has no crate flavor, which is what R would load.',
          needs: [],
        },
  );
}
