/** A model in the program's own process: the same decoding, enforcement and scorer as the server's. */
import type { PyValue } from '../data/py-value.ts';
import type { Prediction, ScoringInput } from '../data/scoring-data.ts';
import type { Scorer } from '../contract/scorer.ts';
import type { SavedModel } from '../model/saved-model.ts';
import type { Signature } from '../model/signature.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import { routeRequest } from '../scoring/route-request.ts';
import { predictRoute } from '../scoring/score-routed.ts';
import {
  type BackendOptions,
  type ResolvedBackendOptions,
  resolveBackendOptions,
} from './backend-options.ts';
import { openModel } from './open-model.ts';
import { type PlainInput, readPlainInput } from './plain-input.ts';
import { type PlainOutput, plainOutput } from './plain-output.ts';
import type { Selection } from './select-runtime.ts';

/** Params of one call; integers may be bigint. */
export type PlainParams = Readonly<Record<string, unknown>>;

/** Options of one call. */
export interface PredictCallOptions {
  /** Aborts the work. */
  readonly signal?: AbortSignal;
}

/** An opened model. */
export interface LoadedModel {
  readonly signature: Signature | null;
  /** What the MLmodel file says. */
  readonly model: SavedModel;
  /** What scores it, and why. */
  readonly selection: Selection;
  /**
   * Scores rows (records or arrays), columns by name, or a tensor; with a Python model also what its type hints say,
   * and requests for language models.
   *
   * @throws INVALID_INPUT, SCHEMA_ENFORCEMENT_FAILED, INVALID_PARAMS, PREDICT_FAILED
   */
  predict(
    input: PlainInput,
    params?: PlainParams,
    options?: PredictCallOptions,
  ): Promise<PlainOutput>;
  /** Frees threads and memory. Idempotent. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const never: AbortSignal = new AbortController().signal;

/**
 * Opens a saved model for scoring in this process.
 *
 * @example
 * const model = await loadModel('./model');
 * const predictions = await model.predict([{ age: 0.04, bmi: 0.06 }]);
 * await model.close();
 * @throws RUNTIME_UNAVAILABLE, MODEL_NOT_NATIVE, MODEL_NOT_FOUND, MLMODEL_INVALID, MODEL_FILE_INVALID, MODEL_LOAD_FAILED and
 *   those of environments
 */
export async function loadModel(uri: string, options: BackendOptions = {}): Promise<LoadedModel> {
  const resolved = resolveBackendOptions(options);
  const { model, selection, scorer } = await openModel(uri, resolved);
  const { signature } = model;
  const target = { scorer, signature, options: resolved };
  const close = closeOnce(scorer);
  return {
    signature,
    model,
    selection,
    async predict(input, params = {}, { signal = never } = {}) {
      const takesPrompts = scorer.raw !== undefined;
      const read = readPlainInput(input, signature, { params, takesPrompts });
      const prediction =
        read.kind === 'request'
          ? await scoreBody(target, read.body, signal)
          : await scoreData(target, read.data, params, signal);
      return plainOutput(prediction);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface LoadedTarget {
  readonly scorer: Scorer;
  readonly signature: Signature | null;
  readonly options: ResolvedBackendOptions;
}

/** The way of a request to the server. */
async function scoreBody(
  { scorer, signature, options }: LoadedTarget,
  text: string,
  signal: AbortSignal,
): Promise<Prediction> {
  const received = { body: Buffer.from(text), contentType: 'application/json' };
  const route = await routeRequest(received, { raw: scorer.raw, signature, options });
  return (await predictRoute(scorer, route, signal)).prediction;
}

/** Typed arrays; a model that must parse all requests itself also enforces what it is given. */
async function scoreData(
  { scorer, signature, options }: LoadedTarget,
  data: ScoringInput,
  params: PlainParams,
  signal: AbortSignal,
): Promise<Prediction> {
  const enforced = scorer.raw?.when === 'always' ? data : enforceInput(data, signature, options);
  const given = Object.keys(params).length === 0 ? null : pythonValue(params);
  const enforcedParams = enforceParams(given, signature?.params ?? null, options);
  return scorer.predict(enforced, enforcedParams, signal);
}

function closeOnce(scorer: Scorer): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= scorer.close());
}

/** A param as Python would hold it: whole numbers are ints. */
function pythonValue(value: unknown): PyValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(pythonValue);
  if (typeof value !== 'object' || value === null) return (value ?? null) as PyValue;
  if (value instanceof Date) return value.toISOString().slice(0, -1);
  if (value instanceof Uint8Array) return value;
  return new Map(Object.entries(value).map(([key, of]) => [key, pythonValue(of)]));
}
