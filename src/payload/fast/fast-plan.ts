/** Which columns of a signature can be read through `JSON.parse` without losing anything. */
import { isNamedSchema, type ScalarType, type Signature } from '../../model/signature.ts';

/** Types whose casts give the same for what `JSON.parse` keeps of a number. */
export type FastType = Exclude<ScalarType, 'binary' | 'datetime'>;

/** Type of each column by name. */
export type FastPlan = ReadonlyMap<string, FastType>;

const plans = new WeakMap<Signature, { readonly plan: FastPlan | null }>();

/** The plan of a signature, made once; null when some column needs the exact reader. */
export function fastPlanOf(signature: Signature): FastPlan | null {
  const known = plans.get(signature);
  if (known !== undefined) return known.plan;
  const plan = makePlan(signature);
  plans.set(signature, { plan });
  return plan;
}

function makePlan({ inputs, fromTypeHint }: Signature): FastPlan | null {
  if (fromTypeHint || inputs?.kind !== 'columns' || !isNamedSchema(inputs)) return null;
  const plan = new Map<string, FastType>();
  for (const { name = '', type, integerName } of inputs.columns) {
    // Objects of JavaScript put such keys first, or hide them.
    if (integerName !== undefined || /^\d*$/.test(name) || name === '__proto__') return null;
    if (type.kind !== 'scalar' || type.type === 'binary' || type.type === 'datetime') return null;
    plan.set(name, type.type);
  }
  return plan.size === inputs.columns.length ? plan : null;
}
