/** The models of a server, as its transports see them: found by name and version, listed, loaded, unloaded. */
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import type { Signature } from '../model/signature.ts';
import { describeTensors, type ModelTensors } from '../payload/oip/model-tensors.ts';
import type { ScoringService } from '../scoring/scoring-service.ts';

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
  /** True when every model that should be loaded is ready, and the server is not stopping. */
  isReady(): boolean;
  /** In a few words, for users: `loading`, `warming up`; null when it is ready. */
  whyNotReady(): string | null;
  /**
   * The model that answers requests which name none.
   *
   * @throws SERVED_MODEL_NOT_READY, NO_DEFAULT_MODEL when there are several and none is preferred
   */
  preferred(): ServedModel;
  /**
   * The model; without a version, the one that the repository prefers.
   *
   * @throws SERVED_MODEL_NOT_FOUND, SERVED_MODEL_NOT_READY
   */
  find(name: string, version: string | null): ServedModel;
  /** Versions of a model that answer, the highest first. */
  versions(name: string): readonly string[];
  /** Every model, ready or not; also those that could be loaded. */
  index(): Promise<readonly IndexedModel[]>;
  /** Resolves when the model is ready. @throws SERVED_MODEL_NOT_FOUND and the codes of opening a model */
  load(name: string): Promise<void>;
  /** Resolves when it has gone, and what it had in hand is answered. @throws SERVED_MODEL_NOT_FOUND */
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

/** Worded as MLServer words it. */
export function modelNotFound(name: string, version: string | null): SlipwayError {
  const which = version === null ? name : `${name} with version ${version}`;
  return slipwayError('SERVED_MODEL_NOT_FOUND', `Model ${which} not found`, {
    details: { name, version },
  });
}
