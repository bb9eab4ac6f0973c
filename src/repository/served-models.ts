/** The models that answer, by name and version; made anew at every change, so that a request costs one look. */
import type { ServedModel } from './model-repository.ts';

interface NamedModel {
  readonly highest: ServedModel;
  readonly byVersion: ReadonlyMap<string | null, ServedModel>;
  /** The highest first. */
  readonly versions: readonly string[];
}

/** Models by name. */
export type ServedModels = ReadonlyMap<string, NamedModel>;

/** Orders models by name and version. */
export function indexServedModels(models: readonly ServedModel[]): ServedModels {
  const groups = new Map<string, ServedModel[]>();
  for (const model of models) {
    groups.set(model.name, [...(groups.get(model.name) ?? []), model]);
  }
  return new Map([...groups].map(([name, group]) => [name, describeGroup(group)]));
}

function describeGroup(group: readonly ServedModel[]): NamedModel {
  const highestFirst = group.toSorted((a, b) => compareVersions(b.version, a.version));
  return {
    highest: highestFirst[0]!,
    byVersion: new Map(highestFirst.map((model) => [model.version, model])),
    versions: highestFirst.flatMap(({ version }) => version ?? []),
  };
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
