import type { ColumnLabel } from '../../data/frame.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import { inputNames, isNamedSchema } from '../../model/signature.ts';

/** Labels of a frame that has every column of the signature; null where it says nothing about labels. */
export function layoutOf({ signature }: SavedModel): readonly ColumnLabel[] | null {
  const inputs = signature?.inputs ?? null;
  if (inputs === null || inputs.kind !== 'columns' || !isNamedSchema(inputs)) return null;
  return inputNames(inputs);
}
