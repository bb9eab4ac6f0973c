/** Which inputs of a named schema the data lacks. Source: MLflow 3.17.2 models/utils.py `_enforce_schema`. */
import { boundedRepr } from '../data/bounded-repr.ts';
import type { ColumnLabel } from '../data/frame.ts';
import type { PyValue } from '../data/py-value.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** What a schema asks for. */
export interface ExpectedNames {
  readonly required: readonly (string | number)[];
  readonly optional: readonly (string | number)[];
}

/** Extra names are no error. @throws SCHEMA_ENFORCEMENT_FAILED when a required one is missing */
export function checkNames(expected: ExpectedNames, actual: readonly ColumnLabel[]): void {
  const present = new Set<unknown>(actual);
  const missing = expected.required.filter((name) => !present.has(name));
  if (missing.length === 0) return;
  const known = new Set<unknown>([...expected.required, ...expected.optional]);
  const extra = Array.from(new Set(actual)).filter((label) => !known.has(label));
  const note =
    extra.length === 0 ? '' : ` Note that there were extra inputs: ${describeLabels(extra)}.`;
  throw schemaMismatch(`Model is missing inputs ${describeLabels(missing)}.${note}`, {
    missing,
    extra: extra.map((label) => (typeof label === 'object' ? JSON.stringify(label) : label)),
  });
}

function describeLabels(labels: readonly ColumnLabel[]): string {
  return boundedRepr(labels.map(toPython), 2000);
}

/** Clients may name columns by any number, NaN included. */
function toPython(label: ColumnLabel): PyValue {
  if (typeof label === 'object') return label.map(toPython);
  return typeof label === 'number' && Number.isInteger(label) ? BigInt(label) : label;
}
