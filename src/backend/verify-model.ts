/** Compares the native scorer of a model with the model in its own Python environment. */
import type { FlavorReader } from '../contract/flavor-reader.ts';
import type { Assessment } from '../contract/runtime.ts';
import { isFrame } from '../data/frame.ts';
import type { PyValue } from '../data/py-value.ts';
import { vectorValues } from '../data/vector-values.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { readInputExample } from '../model/read-input-example.ts';
import { readSavedModel } from '../model/read-saved-model.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { decodeRequest } from '../payload/decode-request.ts';
import { readerOf } from '../runtimes/native.ts';
import { createRuntimes, runtimeOf } from '../runtimes/runtimes.ts';
import { fetchingOptions } from './fetching-options.ts';
import { resolveModelUri } from '../uri/resolve-model-uri.ts';
import type { ResolvedBackendOptions } from './backend-options.ts';
import { prepareOptionsOf } from './open-model.ts';
import { drawTable, drawTensors, type InputKnowledge } from './verify/draw-requests.ts';
import { ScorerVerifier, type Verification } from './verify/scorer-verifier.ts';
import { SeededNumbers } from './verify/seeded-numbers.ts';

export type { Verification } from './verify/scorer-verifier.ts';

/** Options of {@link verifyModel}. */
export interface VerifyOptions {
  /** Rows drawn from the signature; those beside the model's thresholds come on top. Default: 1000. */
  readonly rows?: number;
  /** Default: 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Rows of a request with tensors. */
const tensorRows = 16;

/**
 * Scores the input example, rows drawn from the signature and, for trees, rows on each side of their thresholds with
 * both, and compares the answers.
 *
 * @throws MODEL_NOT_NATIVE, VERIFICATION_IMPOSSIBLE when nothing is known of the model's input, and the codes of
 *   environments and of opening a model
 */
export async function verifyModel(
  uri: string,
  options: ResolvedBackendOptions,
  { rows = 1000, seed = 1, signal }: VerifyOptions = {},
): Promise<Verification> {
  const model = await readSavedModel(
    await resolveModelUri(uri, fetchingOptions(options, signal)),
    uri,
  );
  const { reader, tolerance } = await nativeReader(model);
  const python = runtimeOf(createRuntimes(), 'python');
  const knowledge = await whatIsKnown(model, reader);
  const environment = await python.prepare(model, prepareOptionsOf(options));
  const reference = await python.open(model, environment, openOptions(options));
  try {
    const native = await reader.open(model, {});
    try {
      const scorers = { native, reference, signature: model.signature, tolerance };
      const verifier = new ScorerVerifier(scorers, signal);
      await verifyAll(verifier, model, knowledge, { rows, seed }, options);
      return verifier.verification;
    } finally {
      await native.close();
    }
  } finally {
    await reference.close();
  }
}

function openOptions({ onProgress }: ResolvedBackendOptions): object {
  return onProgress === undefined ? {} : { onProgress };
}

async function nativeReader(
  model: SavedModel,
): Promise<{ readonly reader: FlavorReader; readonly tolerance: number }> {
  const reader = readerOf(model);
  const native = runtimeOf(createRuntimes(), 'native');
  const assessment: Assessment = await (reader ?? native).assess(model);
  if (reader !== undefined && assessment.canScore) {
    return { reader, tolerance: assessment.tolerance ?? 0 };
  }
  throw slipwayError(
    'MODEL_NOT_NATIVE',
    `There is nothing to verify: the native runtime cannot score this model. ${assessment.reason}`,
  );
}

async function whatIsKnown(model: SavedModel, reader: FlavorReader): Promise<InputKnowledge> {
  const decisions = (await reader.decisionValues?.(model)) ?? [];
  const schema = model.signature?.inputs ?? null;
  return { schema, decisions, known: await exampleCells(model) };
}

/** Cells of the input example by column; none where it is no table. */
async function exampleCells(
  model: SavedModel,
): Promise<ReadonlyMap<string | number, readonly PyValue[]>> {
  const example = await readInputExample(model);
  if (example === null) return new Map();
  const options = { compat: 'slipway', lenientTypes: false } as const;
  const body = Buffer.from(example.body);
  const { data } = await decodeRequest(body, 'application/json', null, options);
  if (!isFrame(data)) return new Map();
  return new Map(
    data.columns.flatMap(({ label, data: vector }) =>
      typeof label === 'object' ? [] : [[label, [...vectorValues(vector)]] as const],
    ),
  );
}

async function verifyAll(
  verifier: ScorerVerifier,
  model: SavedModel,
  knowledge: InputKnowledge,
  { rows, seed }: { readonly rows: number; readonly seed: number },
  { onProgress }: ResolvedBackendOptions,
): Promise<void> {
  const example = await readInputExample(model);
  if (example !== null) await verifier.verifyBody(example.body);
  const random = new SeededNumbers(seed);
  const table = drawTable(random, knowledge, rows);
  if (table !== null) {
    await verifier.verifyTable(table, (done, total) =>
      onProgress?.({ step: `comparing rows (${done} of ${total})`, fraction: done / total }),
    );
    // Some models take arrays and refuse tables, for instance those that know the categories of a table.
    if (verifier.verification.values === 0) await verifier.verifyRowsAsArray(table);
    return;
  }
  const isPossible = await verifyDrawnTensors(verifier, random, knowledge, rows);
  if (isPossible || example !== null) return;
  throw slipwayError(
    'VERIFICATION_IMPOSSIBLE',
    'The model has no input example, and its signature does not tell how to draw rows; save it with a signature or an example.',
  );
}

async function verifyDrawnTensors(
  verifier: ScorerVerifier,
  random: SeededNumbers,
  knowledge: InputKnowledge,
  rows: number,
): Promise<boolean> {
  for (let done = 0; done < rows; done += tensorRows) {
    const tensors = drawTensors(random, knowledge, tensorRows);
    if (tensors === null) return false;
    await verifier.verifyTensors(tensors);
  }
  return true;
}
