/** Which runtime scores a model, and why: pure, so that `slipway inspect` and the tests can ask it anything. */
import type { RuntimeChoice, RuntimeId } from '../contract/capability.ts';
import type { Assessment } from '../contract/runtime.ts';
import { type SlipwayError, slipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';

/** What one runtime says of the model. */
export interface RuntimeAssessment {
  readonly runtime: RuntimeId;
  readonly assessment: Assessment;
}

/** Why one runtime was chosen or not. */
export interface SelectionReason {
  readonly runtime: RuntimeId;
  readonly chosen: boolean;
  readonly reason: string;
  /** What else would be needed to use it; empty where nothing helps or nothing is missing. */
  readonly needs: readonly string[];
  /** True where no runtime reads the model's file. Default: false. */
  readonly isCut?: boolean;
}

/** The outcome. `runtime` and `flavor` are null when no runtime can score the model. */
export interface Selection {
  readonly choice: RuntimeChoice;
  readonly runtime: RuntimeId | null;
  readonly flavor: string | null;
  /** One for each runtime, in the order in which they were tried. */
  readonly reasons: readonly SelectionReason[];
}

/**
 * Chooses the first runtime that can score the model, in the order given; with a `choice` other than
 * `auto` only that one. With `auto` a model whose file nobody reads has none: an environment for Python would be made
 * only to fail.
 */
export function selectRuntime(
  choice: RuntimeChoice,
  assessments: readonly RuntimeAssessment[],
): Selection {
  const isCut = choice === 'auto' && assessments.some(({ assessment }) => saysCut(assessment));
  const chosen = isCut
    ? undefined
    : assessments.find(
        ({ runtime, assessment }) => isWanted(runtime, choice) && assessment.canScore,
      );
  return {
    choice,
    runtime: chosen?.runtime ?? null,
    flavor: chosen?.assessment.canScore === true ? chosen.assessment.flavor : null,
    reasons: assessments.map((one) => explain(one, choice, chosen?.runtime)),
  };
}

function saysCut(assessment: Assessment): boolean {
  return !assessment.canScore && assessment.isCut === true;
}

function isWanted(runtime: RuntimeId, choice: RuntimeChoice): boolean {
  return choice === 'auto' || choice === runtime;
}

function explain(
  { runtime, assessment }: RuntimeAssessment,
  choice: RuntimeChoice,
  chosen: RuntimeId | undefined,
): SelectionReason {
  if (!assessment.canScore) {
    const { reason, needs } = assessment;
    return {
      runtime,
      chosen: false,
      reason,
      needs,
      ...(saysCut(assessment) ? { isCut: true } : {}),
    };
  }
  if (runtime === chosen) return { runtime, chosen: true, reason: assessment.reason, needs: [] };
  if (chosen === undefined && choice === 'auto') {
    return { runtime, chosen: false, reason: 'Nobody reads the file of the model.', needs: [] };
  }
  const why = isWanted(runtime, choice)
    ? `It could score the model too, but ${chosen} comes first.`
    : `It could score the model, but --runtime ${choice} was asked for.`;
  return { runtime, chosen: false, reason: why, needs: [] };
}

/** The error for a selection that chose nothing: says for each runtime tried why not. */
export function noRuntimeError(model: SavedModel, selection: Selection): SlipwayError {
  const tried = selection.reasons.filter(({ runtime }) => isWanted(runtime, selection.choice));
  const details = { runtime: selection.choice, reasons: tried };
  const cut = tried.find(({ isCut }) => isCut === true);
  if (cut !== undefined) return slipwayError('MODEL_FILE_INVALID', cut.reason, { details });
  if (!model.flavors.has('python_function') && !model.flavors.has('crate')) {
    const flavors = [...model.flavors.keys()].join(', ') || 'none';
    return slipwayError(
      'NO_FLAVOR_BACKEND',
      `No suitable flavor backend was found for the model. It has neither python_function nor crate (flavors: ${flavors}).`,
      { details },
    );
  }
  const why = tried.map(({ runtime, reason }) => `${runtime}: ${reason}`).join(' ');
  return selection.choice === 'native'
    ? slipwayError('MODEL_NOT_NATIVE', `The native runtime cannot score this model. ${why}`, {
        details,
      })
    : slipwayError('RUNTIME_UNAVAILABLE', `No runtime here can score this model. ${why}`, {
        details,
      });
}
