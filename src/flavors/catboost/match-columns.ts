/** Which column of the input each feature is. Source: CatBoost 1.2 libs/data/model_dataset_compatibility.cpp. */
import type { CatboostModel } from './catboost-model.ts';
import { type InputTable, refuseInput } from './input-table.ts';

/** Columns of the features that trees use, in the model's order. */
export interface MatchedColumns {
  readonly floats: readonly number[];
  readonly categories: readonly number[];
}

/** A feature that needs a column. */
interface NamedFeature {
  readonly name: string;
  readonly flatIndex: number;
  readonly isCategory: boolean;
}

/** Matches features and columns, the same for every call with the same names. */
export class ColumnMatcher {
  readonly #floats: readonly NamedFeature[];
  readonly #categories: readonly NamedFeature[];
  readonly #all: readonly NamedFeature[];
  readonly #names: ReadonlySet<string>;
  /** What the last table with names gave: callers mostly send the same ones again. */
  #last: { readonly names: readonly string[]; readonly matched: MatchedColumns } | null = null;
  /** Columns that CatBoost takes for categories: by position in the model. */
  readonly categoryPositions: ReadonlySet<number>;

  constructor(model: CatboostModel) {
    const floats = model.floatFeatures.filter(({ borders }) => borders.length > 0);
    this.#floats = floats.map((feature) => ({ ...feature, isCategory: false }));
    const categories = model.categoryFeatures.filter(({ isUsed }) => isUsed);
    this.#categories = categories.map((feature) => ({ ...feature, isCategory: true }));
    this.#all = [...this.#floats, ...this.#categories];
    this.#names = new Set(this.#all.map(({ name }) => name));
    this.categoryPositions = new Set(model.categoryFeatures.map((f) => f.flatIndex));
  }

  /**
   * By name where model and table have different names for all, else by position.
   * @throws PREDICT_FAILED
   */
  match(table: InputTable): MatchedColumns {
    const { names } = table;
    if (names !== null && this.#last !== null && areEqual(names, this.#last.names)) {
      return this.#last.matched;
    }
    const matched = this.#find(table);
    if (names !== null) this.#last = { names, matched };
    return matched;
  }

  #find(table: InputTable): MatchedColumns {
    const find = this.#byName(table) ?? ((feature) => this.#byPosition(table, feature));
    return { floats: this.#floats.map(find), categories: this.#categories.map(find) };
  }

  #byName({ names }: InputTable): ((feature: NamedFeature) => number) | undefined {
    if (names === null || this.#names.size !== this.#all.length) return undefined;
    const places = new Map(names.map((name, i) => [name, i]));
    if (places.size !== names.length) return undefined;
    for (const name of this.#names) if (!places.has(name)) return undefined;
    return (feature) => {
      const place = places.get(feature.name) as number;
      if (this.categoryPositions.has(place) === feature.isCategory) return place;
      const expected = feature.isCategory ? 'categorical' : 'numeric';
      throw refuseInput(
        `Column ${JSON.stringify(feature.name)} is ${expected} in the model, but CatBoost takes the kind of a column from its position; keep the order of training.`,
        { column: feature.name, expected },
      );
    };
  }

  #byPosition({ names, columns }: InputTable, feature: NamedFeature): number {
    const { name, flatIndex } = feature;
    if (flatIndex >= columns.length) {
      const called = name === '' ? `at position ${flatIndex}` : JSON.stringify(name);
      throw refuseInput(`The feature ${called} is missing from the input.`, { column: name });
    }
    const found = names?.[flatIndex] ?? '';
    if (name !== '' && found !== '' && name !== found) {
      throw refuseInput(
        `Column ${flatIndex} should be ${JSON.stringify(name)}; it is ${JSON.stringify(found)}.`,
        { column: found, expected: name },
      );
    }
    return flatIndex;
  }
}

function areEqual(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at += 1) if (names[at] !== others[at]) return false;
  return true;
}
