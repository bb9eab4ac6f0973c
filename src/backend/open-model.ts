/** From a URI to something that scores: fetch, read, select the runtime, open. */
import type { RuntimeChoice } from '../contract/capability.ts';
import type {
  Environment,
  OnPhase,
  OpenOptions,
  PrepareOptions,
  Runtime,
} from '../contract/runtime.ts';
import type { Scorer } from '../contract/scorer.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import { readSavedModel } from '../model/read-saved-model.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { isRuntimeThere, runtimeUnavailable } from '../runtimes/absent-runtime.ts';
import { createRuntimes, runtimeOf } from '../runtimes/runtimes.ts';
import type { ResolveOptions } from '../uri/resolve-options.ts';
import { isPartialModel } from '../uri/cache/is-partial-model.ts';
import { resolveModelUri } from '../uri/resolve-model-uri.ts';
import { pickNativeFiles } from './pick-native-files.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { fetchingOptions } from './fetching-options.ts';
import {
  noRuntimeError,
  type RuntimeAssessment,
  type Selection,
  selectRuntime,
} from './select-runtime.ts';

/** A model that has been read, with the runtime selected for it (or not). */
export interface SelectedModel {
  readonly model: SavedModel;
  readonly selection: Selection;
  /** null when no runtime can score the model; `selection` says why. */
  readonly runtime: Runtime | null;
  /** What each runtime says of the model. */
  readonly assessments: readonly RuntimeAssessment[];
}

/** A model that scores. */
export interface OpenedModel {
  readonly model: SavedModel;
  readonly selection: Selection;
  readonly scorer: Scorer;
}

/** Hooks and limits of {@link openModel}. */
export interface OpenModelOptions {
  /** Limit of one request, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
  /** Called before anything slow is done; again where another runtime must take over. */
  readonly onSelected?: (selection: Selection) => void;
  /** Ends the preparing and the loading. */
  readonly signal?: AbortSignal;
  /** Hears of every phase as it begins. */
  readonly onPhase?: OnPhase;
}

/** How a model is fetched to be selected. */
export interface SelectOptions extends Omit<ResolveOptions, 'pick'> {
  /** Every file, though the native runtime may not need it: for images. Default: false. */
  readonly isWhole?: boolean;
}

/**
 * Reads the MLmodel file and selects the runtime; opens no model file beyond its header. What has to be fetched is
 * fetched as far as the selected runtime needs it.
 *
 * @throws RUNTIME_UNAVAILABLE at once when the runtime asked for is not there, MODEL_NOT_FOUND, MODEL_URI_UNSUPPORTED, MLMODEL_INVALID, SIGNATURE_INVALID
 */
export async function selectModel(
  uri: string,
  choice: RuntimeChoice,
  { isWhole = false, ...fetching }: SelectOptions = {},
): Promise<SelectedModel> {
  const runtimes = createRuntimes();
  if (choice !== 'auto' && !isRuntimeThere(runtimeOf(runtimes, choice))) {
    throw runtimeUnavailable(choice);
  }
  const picks = !isWhole && choice !== 'python';
  const directory = await resolveModelUri(uri, {
    ...fetching,
    ...(picks ? { pick: pickNativeFiles } : {}),
  });
  const model = await readSavedModel(directory, uri);
  const assessments: RuntimeAssessment[] = [];
  for (const runtime of runtimes) {
    assessments.push({ runtime: runtime.id, assessment: await runtime.assess(model) });
  }
  const selected = choose(model, choice, assessments, runtimes);
  return selected.runtime?.id === 'native' || !picks ? selected : withWhole(selected, fetching);
}

/** The rest of the files, where only those for the native runtime were fetched. */
async function withWhole(
  selected: SelectedModel,
  fetching: ResolveOptions,
): Promise<SelectedModel> {
  const { directory, uri } = selected.model;
  if (!(await isPartialModel(directory))) return selected;
  const model = await readSavedModel(await resolveModelUri(uri, fetching), uri);
  return { ...selected, model };
}

function choose(
  model: SavedModel,
  choice: RuntimeChoice,
  assessments: readonly RuntimeAssessment[],
  runtimes: readonly Runtime[],
): SelectedModel {
  const selection = selectRuntime(choice, assessments);
  const runtime = selection.runtime === null ? null : runtimeOf(runtimes, selection.runtime);
  return { model, selection, runtime, assessments };
}

/** The next choice for a model that turned out, when it was opened, to be beyond the native runtime; null without one. */
export function chooseOther(
  { model, selection, assessments }: SelectedModel,
  error: unknown,
): SelectedModel | null {
  if (selection.choice !== 'auto' || !isSlipwayError(error, 'MODEL_NOT_NATIVE')) return null;
  const { message } = error;
  const revised = assessments.map(({ runtime, assessment }) => ({
    runtime,
    assessment:
      runtime === 'native' ? { canScore: false as const, reason: message, needs: [] } : assessment,
  }));
  const other = choose(model, 'auto', revised, createRuntimes());
  return other.runtime === null ? null : other;
}

/**
 * Opens a model for scoring. Close the scorer when done.
 *
 * @throws NO_FLAVOR_BACKEND, RUNTIME_UNAVAILABLE, MODEL_NOT_NATIVE, MODEL_FILE_INVALID, MODEL_LOAD_FAILED, those of
 *   environments, the reason of the signal, and the codes of {@link selectModel}
 */
export async function openModel(
  uri: string,
  options: ResolvedBackendOptions,
  opening: OpenModelOptions = {},
): Promise<OpenedModel> {
  const fetching = fetchingOptions(options, opening.signal);
  opening.onPhase?.('fetching');
  const selected = await selectModel(uri, options.runtime, fetching);
  try {
    return await openSelected(selected, options, opening);
  } catch (error) {
    const other = chooseOther(selected, error);
    if (other === null) throw error;
    return openSelected(await withWhole(other, fetching), options, opening);
  }
}

async function openSelected(
  { model, selection, runtime }: SelectedModel,
  options: ResolvedBackendOptions,
  { onSelected, ...opening }: OpenModelOptions,
): Promise<OpenedModel> {
  if (runtime === null) throw noRuntimeError(model, selection);
  onSelected?.(selection);
  const { signal, onPhase } = opening;
  onPhase?.('preparing the environment');
  const environment = await runtime.prepare(model, {
    ...prepareOptionsOf(options),
    ...(signal === undefined ? {} : { signal }),
  });
  onPhase?.('loading');
  const scorer = await runtime.open(model, environment, { ...openOptionsOf(options), ...opening });
  return { model, selection, scorer };
}

/**
 * Makes ready what scoring needs: the environment of a Python model; a native one is opened once to check it.
 *
 * @throws the codes of {@link openModel}
 */
export async function prepareModel(
  uri: string,
  options: ResolvedBackendOptions,
): Promise<Environment> {
  const { model, selection, runtime } = await selectModel(
    uri,
    options.runtime,
    fetchingOptions(options),
  );
  if (runtime === null) throw noRuntimeError(model, selection);
  const environment = await runtime.prepare(model, prepareOptionsOf(options));
  if (runtime.id === 'native') {
    const scorer = await runtime.open(model, environment, openOptionsOf(options));
    await scorer.close();
  }
  return environment;
}

/** What the runtime is asked to prepare. */
export function prepareOptionsOf({
  environment = {},
  onProgress,
}: ResolvedBackendOptions): PrepareOptions {
  return { ...(onProgress === undefined ? {} : { onProgress }), ...environment };
}

/** How the runtime is asked to open. */
export function openOptionsOf(options: ResolvedBackendOptions): OpenOptions {
  const { threads, workers, modelConfig, onProgress } = options;
  return {
    ...(threads === undefined ? {} : { threads }),
    ...(workers === undefined ? {} : { workers }),
    ...(modelConfig === undefined ? {} : { modelConfig }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
