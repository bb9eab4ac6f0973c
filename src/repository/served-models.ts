/** The models that answer, by name and version; made anew at every change, so that a request costs one look. */
import type { ServedModel } from './model-repository.ts';

interface NamedModel {
  readonly highest: ServedModel;
  readonly versions: ReadonlyMap<string | null, ServedModel>;
}

/** Models by name. */
export type ServedModels = ReadonlyMap<string, NamedModel>;

/** Orders models by name; where names are the same the highest version comes first. */
export function indexServedModels(models: readonly ServedModel[]): ServedModels {
  const table = new Map<string, NamedModel>();
  const highestFirst = models.toSorted((a, b) => compareVersions(b.version, a.version));
  for (const model of highestFirst) {
    const { highest, versions } = table.get(model.name) ?? { highest: model, versions: new Map() };
    table.set(model.name, {
      highest,
      versions: new Map([[model.version, model], ...versions]),
    });
  }
  return table;
}

/** Numbers by their value and above all else, which is compared as text. */
export function compareVersions(a: string | null, b: string | null): number {
  const [first, second] = [numberOf(a), numberOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  return (a ?? '') < (b ?? '') ? -1 : Number(a !== b);
}

function numberOf(version: string | null): bigint {
  return version !== null && /^\d+$/.test(version) ? BigInt(version) : -1n;
}
