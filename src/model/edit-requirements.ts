/** Adding to a list of requirements and removing from it. Source: mlflow/utils/environment.py `_add_or_overwrite_requirements`, `_deduplicate_requirements` 3.17.2. */
import { slipwayError } from '../errors/slipway-error.ts';
import { excludeEachOther } from './excluding-specifiers.ts';
import { canonicalName, formatRequirement, type Requirement } from './parse-requirement.ts';

/**
 * Puts each of `added` in the place of what has its name, else at the end; those of one name are merged.
 * @throws REQUIREMENT_INVALID where those of one name leave no version
 */
export function addRequirements(
  existing: readonly Requirement[],
  added: readonly Requirement[],
): readonly Requirement[] {
  const merged = added.reduce<readonly Requirement[]>(merge, []);
  const empty = merged.find(({ specifiers }) => excludeEachOther(specifiers));
  if (empty !== undefined) {
    throw slipwayError(
      'REQUIREMENT_INVALID',
      `The specified requirements versions are incompatible: no version is ${formatRequirement(empty)}`,
    );
  }
  const isAdded = (one: Requirement): boolean =>
    merged.some((other) => keyOf(other) === keyOf(one));
  const placed = new Set<string>();
  const edited = existing.flatMap((one) => {
    if (!isAdded(one)) return [one];
    if (placed.has(keyOf(one))) return [];
    placed.add(keyOf(one));
    return merged.filter((other) => keyOf(other) === keyOf(one));
  });
  return [...edited, ...merged.filter((one) => !placed.has(keyOf(one)))];
}

/** Leaves out what has the name of one of `removed`, whatever its version. */
export function removeRequirements(
  existing: readonly Requirement[],
  removed: readonly Requirement[],
): readonly Requirement[] {
  const names = new Set(removed.map(keyOf));
  return existing.filter((one) => !names.has(keyOf(one)));
}

function keyOf({ name }: Requirement): string {
  return canonicalName(name);
}

/** Those of the same name and marker become one, with the extras and comparisons of both. */
function merge(merged: readonly Requirement[], one: Requirement): readonly Requirement[] {
  const index = merged.findIndex(
    (other) => keyOf(other) === keyOf(one) && other.marker === one.marker,
  );
  const other = merged[index];
  if (other === undefined) return [...merged, one];
  return merged.with(index, {
    ...one,
    extras: union(other.extras, one.extras),
    specifiers: union(other.specifiers, one.specifiers),
  });
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].toSorted();
}
