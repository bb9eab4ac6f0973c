/** What a native flavor implements: recognise its model, say whether it is exact, open it. */
import type { SavedModel } from '../model/saved-model.ts';
import type { Platform, RecipeFile } from './image-recipe.ts';
import type { OpenOptions, Assessment } from './runtime.ts';
import type { Scorer } from './scorer.ts';

/** One row of what a flavor supports, for `docs/reference/flavors.md` and the README. */
export interface SupportRow {
  /** `format`, `booster`, `objective`, `param`, … */
  readonly area: string;
  readonly name: string;
  readonly native: boolean;
  /** Stated tolerance where native (`exact`, `1e-6 relative`…); the reason where not. */
  readonly note: string;
}

/** A native reader of one flavor. */
export interface FlavorReader {
  /** Key in the `flavors` map of the MLmodel file. */
  readonly id: string;
  readonly support: readonly SupportRow[];
  /** Exactly supported? Pure of side effects apart from reading the model's files. */
  assess(model: SavedModel): Promise<Assessment>;
  /**
   * Where answers may change: thresholds and categories of each feature. Verification tries each of them, its
   * neighbours and a missing value. Absent where a model decides on nothing but smooth functions.
   *
   * @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE
   */
  decisionValues?(model: SavedModel): Promise<readonly DecisionValues[]>;
  /**
   * Files of libraries that the reader loads, for an image of `platform`; `modules` is the folder of packages there.
   * Absent where it needs none.
   *
   * @throws MODEL_NOT_NATIVE where the library is not installed here
   */
  readonly imageFiles?: (platform: Platform, modules: string) => readonly RecipeFile[];
  /** @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
  open(model: SavedModel, options: OpenOptions): Promise<Scorer>;
}

/** Values of one feature on which a model decides. */
export interface DecisionValues {
  /** Name of the feature, or its position where the model knows no names. */
  readonly feature: string | number;
  /** Width in which the model compares; neighbours are one ulp of it away. */
  readonly width: 'float32' | 'float64';
  /** Numbers or texts; repeated ones are harmless. */
  readonly values: readonly (number | string)[];
}
