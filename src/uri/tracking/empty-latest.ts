import { type SlipwayError, slipwayError } from '../../errors/slipway-error.ts';

/** No version of that stage, in MLflow's words. */
export function emptyLatest(name: string, stage: string | null): SlipwayError {
  const where = stage === null ? '' : ` and stage '${stage}'`;
  return slipwayError('MODEL_NOT_FOUND', `No versions of model with name '${name}'${where} found`, {
    details: { name, stage },
  });
}
