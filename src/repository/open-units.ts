/** Opens the units of a change: all of them, or none is left open. */
import type { OnPhase } from '../contract/runtime.ts';
import type { ModelUnit } from './model-change.ts';
import { createServedModel, type ServedModel, type ServedModelParts } from './model-repository.ts';
import type { ModelSlot } from './model-slot.ts';

/** Hooks of {@link OpenUnit}. */
export interface OpenUnitHooks {
  /** Ends the loading. */
  readonly signal: AbortSignal;
  /** Hears how far it has come. */
  readonly onPhase: OnPhase;
}

/** Opens a unit and warms it up. @throws the codes of opening a model */
export type OpenUnit = (unit: ModelUnit, hooks: OpenUnitHooks) => Promise<ServedModelParts>;

/** A unit, its place, and the model that is about to take it. */
export interface OpenedUnit {
  readonly unit: ModelUnit;
  readonly slot: ModelSlot;
  readonly model: ServedModel;
}

/** Opens `units` at once. @throws what the first failure threw, once the others are closed */
export async function openUnits(
  units: readonly (readonly [ModelUnit, ModelSlot])[],
  open: OpenUnit,
  signal: AbortSignal,
): Promise<readonly OpenedUnit[]> {
  const results = await Promise.allSettled(
    units.map(async ([unit, slot]) => {
      slot.enter('starting');
      const onPhase: OnPhase = (phase) => slot.enter(phase);
      return { unit, slot, model: createServedModel(await open(unit, { signal, onPhase })) };
    }),
  );
  const opened = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = results.find((one) => one.status === 'rejected');
  if (failed === undefined && !signal.aborted) return opened;
  await closeUnits(opened);
  for (const [, slot] of units) slot.leave();
  throw failed?.reason ?? signal.reason;
}

/** Closes what was opened and shall not answer. */
export async function closeUnits(opened: readonly OpenedUnit[]): Promise<void> {
  await Promise.all(opened.map(({ model }) => model.service.close()));
  for (const { slot } of opened) slot.leave();
}
