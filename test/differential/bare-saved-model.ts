import type { FlavorConfig, SavedModel } from '../../src/model/saved-model.ts';

/** A model folder with one flavor and nothing else. */
export function bareSavedModel(
  directory: string,
  flavor: string,
  config: FlavorConfig,
): SavedModel {
  return {
    directory,
    uri: directory,
    flavors: new Map([[flavor, config]]),
    signature: null,
    mlflowVersion: null,
    runId: null,
    modelId: null,
    modelUuid: null,
    utcTimeCreated: null,
    modelSizeBytes: null,
    metadata: null,
    inputExample: null,
    registered: null,
  };
}
