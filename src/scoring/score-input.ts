/** Scores what a transport has decoded by itself, through the same enforcement, queue, merging and deadline as requests. */
import { isFrame } from '../data/frame.ts';
import { isNdArray } from '../data/nd-array.ts';
import { isPyDict, type PyValue } from '../data/py-value.ts';
import type { Prediction, ScoringInput } from '../data/scoring-data.ts';
import type { Signature } from '../model/signature.ts';
import { encodeInputBody } from '../payload/encode-input-body.ts';
import { enforceInput } from '../schema/enforce-input.ts';
import { enforceParams } from '../schema/enforce-params.ts';
import type { Begun } from './deadline.ts';
import type { QueuedRaw } from './limit-calls.ts';
import { isPlainInput } from './plain-input.ts';
import { type RequestNotes, unreadNotes } from './request-notes.ts';
import { rowsOf } from './rows-of.ts';
import type { RoutedScoring } from './score-routed.ts';

/**
 * Scores input that has not been enforced. Where only the scorer's own parser knows what to make of it, it gets the
 * input as the body of a request.
 *
 * @throws the codes of schema, scorer, queue and deadline
 */
export async function scoreInput(
  { scorer, signature, options, deadline }: RoutedScoring,
  data: ScoringInput,
  givenParams: PyValue,
  begun: Begun,
): Promise<Prediction> {
  const notes = begun.notes ?? unreadNotes;
  notes.model = options.observer ?? null;
  // A transport that has decoded the request began before.
  if (notes.parseAtMs === 0) notes.parseAtMs = performance.now();
  const { raw } = scorer;
  const isTypeHint = signature?.fromTypeHint === true;
  const params = enforceParams(givenParams, signature?.params ?? null, options);
  const rawScoring = raw !== undefined && needsParser(data, signature, raw) ? raw : null;
  const input = rawScoring === null ? enforceInput(data, signature, options) : data;
  notes.rows = rowsOf(input);
  notes.predictAtMs = deadline.check(begun.startedAtMs);
  // The promise of a scorer that answers at once is settled at once, which spares the deadline's timer.
  const prediction = await deadline.run(begun, (signal) =>
    rawScoring === null
      ? scorer.predict(input, params, signal, notes)
      : predictRaw(rawScoring, encodeInputBody(data, params, isTypeHint), signal, notes),
  );
  notes.encodeAtMs = deadline.check(begun.startedAtMs);
  return prediction;
}

async function predictRaw(
  raw: QueuedRaw,
  body: Uint8Array,
  signal: AbortSignal,
  notes: RequestNotes,
): Promise<Prediction> {
  const { prediction } = await raw.predict({ body, contentType: 'json' }, signal, notes);
  return prediction;
}

/** Numbers are the same for everybody; a type hint, and anything nested, is not. */
function needsParser(
  data: ScoringInput,
  signature: Signature | null,
  { when }: QueuedRaw,
): boolean {
  if (signature?.fromTypeHint === true || !isPlainInput(data)) return true;
  return when === 'always' && !isNumeric(data);
}

function isNumeric(data: ScoringInput): boolean {
  if (isFrame(data)) return data.columns.every((column) => isNumericDtype(column.data.dtype));
  if (isNdArray(data)) return isNumericDtype(data.data.dtype);
  return isPyDict(data) && [...data.values()].every(isNumeric);
}

function isNumericDtype(dtype: string): boolean {
  return /^(bool|u?int|float)/.test(dtype);
}
