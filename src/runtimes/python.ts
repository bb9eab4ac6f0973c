/** The python runtime: worker processes in the model's own environment. Not there yet. */
import type { Runtime } from '../contract/runtime.ts';
import { type AbsentAssessment, createAbsentRuntime } from './absent-runtime.ts';

/** Makes the python runtime. */
export function createPythonRuntime(): Runtime {
  return createAbsentRuntime('python', (model): AbsentAssessment => {
    const flavor = model.flavors.get('python_function');
    if (flavor === undefined) {
      return {
        canScore: false,
        reason: 'The model has no python_function flavor, which is what Python would load.',
        needs: [],
      };
    }
    const version = flavor['python_version'];
    return {
      canScore: false,
      reason: 'The python runtime is not part of this version of Slipway.',
      needs: [
        'a version of Slipway with the python runtime',
        typeof version === 'string' ? `Python ${version}` : 'Python',
        "the packages of the model's requirements.txt",
      ],
    };
  });
}
