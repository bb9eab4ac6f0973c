/** From a URI to a scoring service, however requests will reach it. */
import type { ScoringLimits } from '../contract/flavor-backend.ts';
import type { SavedModel } from '../model/saved-model.ts';
import type { ModelFacts } from '../observe/model-meter.ts';
import type { ObservedModel } from '../observe/observed-model.ts';
import { createScoringService, type ScoringService } from '../scoring/scoring-service.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { openModel, type OpenModelOptions } from './open-model.ts';
import type { Selection } from './select-runtime.ts';

/** A model behind a service. */
export interface OpenedService {
  readonly service: ScoringService;
  readonly model: SavedModel;
  readonly selection: Selection;
  /** Limit of one request, in milliseconds. */
  readonly timeoutMs: number;
}

/** Limit of one request unless another is given, in seconds. */
const defaultTimeoutSeconds = 60;

/** Limit of one request, in milliseconds. */
export function requestTimeoutMs({ timeoutSeconds }: ScoringLimits): number {
  return (timeoutSeconds || defaultTimeoutSeconds) * 1000;
}

/** Hooks of {@link openService}. */
export interface OpenServiceHooks extends Omit<OpenModelOptions, 'timeoutMs'> {
  /** Says who observes the model; null: nobody does. */
  readonly observe?: (model: SavedModel) => ObservedModel | null;
}

/** Opens the model. Close the service when done. @throws the codes of opening a model */
export async function openService(
  uri: string,
  limits: ScoringLimits,
  options: ResolvedBackendOptions,
  { observe, ...hooks }: OpenServiceHooks = {},
): Promise<OpenedService> {
  const { timeoutSeconds: _seconds, ...queueOptions } = limits;
  const timeoutMs = requestTimeoutMs(limits);
  const startedAtMs = performance.now();
  const { model, scorer, selection } = await openModel(uri, options, { ...hooks, timeoutMs });
  const { compat, lenientTypes, hideDetails, nonFinite } = options;
  const scoringOptions = { compat, lenientTypes, hideDetails, nonFinite, timeoutMs };
  const observer = observe?.(model) ?? null;
  const service = createScoringService(
    { scorer, signature: model.signature },
    { ...scoringOptions, ...queueOptions, ...(observer !== null && { observer }) },
  );
  observer?.opened({
    facts: factsOf(model, selection),
    loadSeconds: (performance.now() - startedAtMs) / 1000,
    activity: () => ({ ...service.load, workers: scorer.workers?.() ?? null }),
  });
  return { service, model, selection, timeoutMs };
}

function factsOf(
  { modelUuid, mlflowVersion }: SavedModel,
  { flavor, runtime }: Selection,
): ModelFacts {
  return {
    flavor: flavor ?? '',
    runtime: runtime ?? '',
    modelUuid: modelUuid ?? '',
    mlflowVersion: mlflowVersion ?? '',
  };
}
