/** Why a request finds no model, in words that say what to do. */
import { slipwayError, type SlipwayError } from '../errors/slipway-error.ts';
import { modelNotFound } from './model-repository.ts';
import type { ModelSlot } from './model-slot.ts';

/** For a request that names a model, and perhaps a version. */
export function whyNotFound(
  slots: readonly ModelSlot[],
  name: string,
  version: string | null,
): SlipwayError {
  const slot = slots.find((one) => mayBecome(one, name, version));
  return slot === undefined ? modelNotFound(name, version) : notReady(name, slot.reason);
}

/** A model that has not said yet what it is called may be any. */
function mayBecome(
  { name, served, unit }: ModelSlot,
  asked: string,
  version: string | null,
): boolean {
  if (served !== null || (name !== null && name !== asked)) return false;
  return version === null || unit.version === null || unit.version === version;
}

/** For a request that names none. */
export function whyNonePreferred(
  slots: readonly ModelSlot[],
  preferredName: string | null,
): SlipwayError {
  const wanted = slots.filter(({ isWanted }) => isWanted);
  const candidates = wanted.length > 0 ? wanted : slots;
  const names = [...new Set(candidates.map(({ name }) => name ?? ''))].toSorted();
  if (preferredName !== null) {
    const slot = slots.find(({ name }) => name === preferredName);
    return slot === undefined
      ? modelNotFound(preferredName, null)
      : notReady(preferredName, slot.reason);
  }
  const [first] = candidates;
  if (first === undefined) return noModel();
  if (names.length === 1) return notReady(first.name, first.reason);
  return slipwayError(
    'NO_DEFAULT_MODEL',
    `Several models are served (${names.join(', ')}): post to /models/NAME/invocations or /v2/models/NAME/infer, or start the server with --default-model NAME.`,
    { details: { names } },
  );
}

function noModel(): SlipwayError {
  return slipwayError(
    'SERVED_MODEL_NOT_READY',
    'No model is loaded; load one with POST /v2/repository/models/NAME/load.',
  );
}

function notReady(name: string | null, reason: string): SlipwayError {
  const model = name === null ? 'The model' : `Model ${name}`;
  return slipwayError('SERVED_MODEL_NOT_READY', `${model} is not ready: ${sentence(reason)}`, {
    details: { name, reason },
  });
}

/** Ends a text with a full stop, which messages of others may have already. */
export function sentence(text: string): string {
  return `${text.replace(/[.:\s]+$/, '')}.`;
}
