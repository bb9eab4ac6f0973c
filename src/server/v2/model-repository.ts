/** The models of a server, as the Open Inference Protocol sees them: found by name and version, listed, loaded, unloaded. */
import { slipwayError, type SlipwayError } from '../../errors/slipway-error.ts';
import type { Signature } from '../../model/signature.ts';
import { describeTensors, type ModelTensors } from '../../payload/oip/model-tensors.ts';
import type { ScoringService } from '../../scoring/scoring-service.ts';

/** A model that answers. */
export interface ServedModel {
  readonly name: string;
  readonly version: string | null;
  readonly service: ScoringService;
  readonly tensors: ModelTensors;
}

/** State of a model in the index. */
export type ModelState = 'READY' | 'LOADING' | 'UNLOADING' | 'UNAVAILABLE' | 'UNKNOWN';

/** One line of the index. */
export interface IndexedModel {
  readonly name: string;
  readonly version: string | null;
  readonly state: ModelState;
  /** Why it is not ready; else empty. */
  readonly reason: string;
}

/** What the routes of the protocol need. */
export interface ModelRepository {
  /** True when every model is ready. */
  isReady(): boolean;
  /**
   * The model; without a version, the one that the repository prefers.
   *
   * @throws SERVED_MODEL_NOT_FOUND, SERVED_MODEL_NOT_READY
   */
  find(name: string, version: string | null): ServedModel;
  /** Every model, ready or not. */
  index(): readonly IndexedModel[];
  /** Resolves when the model is ready. @throws SERVED_MODEL_NOT_FOUND and the codes of opening a model */
  load(name: string): Promise<void>;
  /** Resolves when it has gone. @throws SERVED_MODEL_NOT_FOUND, SERVED_MODEL_FIXED */
  unload(name: string): Promise<void>;
}

/** What a {@link ServedModel} is made of. */
export interface ServedModelParts {
  readonly name: string;
  readonly version: string | null;
  readonly service: ScoringService;
  readonly signature: Signature | null;
}

/** Describes a model for the protocol. */
export function createServedModel({ signature, ...rest }: ServedModelParts): ServedModel {
  return { ...rest, tensors: describeTensors(signature) };
}

/** The repository of a server that was started with one model: it is there from the first to the last request. */
export function createFixedRepository(model: ServedModel): ModelRepository {
  const check = (name: string, version: string | null = null): void => {
    const isThere = name === model.name && (version === null || version === model.version);
    if (!isThere) throw modelNotFound(name, version);
  };
  return {
    isReady: () => true,
    find: (name, version) => {
      check(name, version);
      return model;
    },
    index: () => [{ name: model.name, version: model.version, state: 'READY', reason: '' }],
    load: async (name) => check(name),
    unload: async (name) => {
      check(name);
      throw slipwayError(
        'SERVED_MODEL_FIXED',
        `Model ${model.name} was given when the server started, and cannot be unloaded; stop the server instead.`,
        { details: { name } },
      );
    },
  };
}

/** Worded as MLServer words it. */
export function modelNotFound(name: string, version: string | null): SlipwayError {
  const which = version === null ? name : `${name} with version ${version}`;
  return slipwayError('SERVED_MODEL_NOT_FOUND', `Model ${which} not found`, {
    details: { name, version },
  });
}
