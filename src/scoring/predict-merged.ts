import type { Scorer } from '../contract/scorer.ts';
import type { Prediction } from '../data/scoring-data.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { MergeMember } from './merge-member.ts';
import { joinInputs } from './mergeable-input.ts';
import { splitPrediction } from './split-prediction.ts';

/**
 * Scores the rows of all members in one call, which is aborted only when the last of them has left.
 *
 * @returns the part of each; null when the result does not fall into rows
 * @throws what the scorer throws: whose rows were at fault is not known
 */
export async function predictMerged(
  scorer: Scorer,
  members: readonly MergeMember[],
): Promise<readonly Prediction[] | null> {
  const controller = new AbortController();
  const reasons: unknown[] = [];
  for (const member of members) {
    member.onLeave = () => {
      reasons.push(member.signal.reason);
      if (reasons.length === members.length) controller.abort(gravest(reasons));
    };
  }
  const input = joinInputs(members.map((member) => member.input));
  const prediction = await scorer.predict(input, null, controller.signal);
  return splitPrediction(
    prediction,
    members.map((member) => member.rowCount),
  );
}

/** A call that was too slow for one of them was too slow, whatever the others left for. */
function gravest(reasons: readonly unknown[]): unknown {
  return reasons.find((reason) => isSlipwayError(reason, 'DEADLINE_EXCEEDED')) ?? reasons.at(-1);
}
