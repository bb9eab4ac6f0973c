/** Whether Python can be asked to score a model: it must say how Python loads it. Nothing is started. */
import type { Assessment } from '../../contract/runtime.ts';
import type { SavedModel } from '../../model/saved-model.ts';

const flavorName = 'python_function';

/** Assesses a model that has been read. */
export async function assess(model: SavedModel): Promise<Assessment> {
  const flavor = model.flavors.get(flavorName);
  if (flavor === undefined) {
    return refuse('The model has no python_function flavor, which is what Python would load.');
  }
  const loader = flavor['loader_module'];
  if (typeof loader !== 'string' || loader === '') {
    return refuse('The python_function flavor names no loader_module, so Python cannot load it.');
  }
  const version = flavor['python_version'];
  const python = typeof version === 'string' ? `Python ${version}` : 'Python';
  return {
    canScore: true,
    flavor: flavorName,
    reason: `${loader} loads it in ${python}, with the packages of its requirements.`,
  };
}

function refuse(reason: string): Assessment {
  return { canScore: false, reason, needs: [] };
}
