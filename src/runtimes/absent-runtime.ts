/** A runtime that is not there yet: it says so, and refuses every method with one error. */
import type { Capability, RuntimeId } from '../contract/capability.ts';
import type { Assessment, Runtime } from '../contract/runtime.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';

const nothing: Capability = {
  methods: {
    predict: false,
    serve: false,
    prepareEnv: false,
    buildImage: false,
    generateDockerfile: false,
  },
  streaming: false,
};

/** What an absent runtime says of a model: why not, and what it would need once it is there. */
export type AbsentAssessment = Extract<Assessment, { canScore: false }>;

/** Makes a runtime whose methods are all refused with RUNTIME_UNAVAILABLE. */
export function createAbsentRuntime(
  id: RuntimeId,
  assess: (model: SavedModel) => AbsentAssessment,
): Runtime {
  const refuse = async (): Promise<never> => {
    throw runtimeUnavailable(id);
  };
  return {
    id,
    capability: nothing,
    assess: async (model) => assess(model),
    prepare: refuse,
    open: refuse,
  };
}

/** The error for a runtime that this version does not have. */
export function runtimeUnavailable(id: RuntimeId): SlipwayError {
  return slipwayError(
    'RUNTIME_UNAVAILABLE',
    `The ${id} runtime is not part of this version of Slipway; use --runtime native or auto.`,
    { details: { runtime: id } },
  );
}

/** True where a runtime can do anything at all in this version. */
export function isRuntimeThere(runtime: Runtime): boolean {
  return Object.values(runtime.capability.methods).some(Boolean);
}
