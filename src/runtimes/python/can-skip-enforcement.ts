import { isFrame } from '../../data/frame.ts';
import { isNdArray } from '../../data/nd-array.ts';
import { isPyDict } from '../../data/py-value.ts';
import type { ScoringInput } from '../../data/scoring-data.ts';
import type { SavedModel } from '../../model/saved-model.ts';

/**
 * True where MLflow's enforcement would give back what it is given: input that ours has put into the order and
 * the dtypes of a signature of scalar columns or of tensors, or that has no signature to obey. Params have been
 * enforced as well. A type hint is left to the model's own code.
 */
export function canSkipEnforcement({ signature }: SavedModel, input: ScoringInput): boolean {
  if (signature?.fromTypeHint === true) return false;
  const inputs = signature?.inputs ?? null;
  if (inputs === null) return true;
  if (inputs.kind === 'columns') {
    return isFrame(input) && inputs.columns.every(({ type }) => type.kind === 'scalar');
  }
  if (isNdArray(input)) return true;
  return isPyDict(input) && Array.from(input.values()).every(isNdArray);
}
