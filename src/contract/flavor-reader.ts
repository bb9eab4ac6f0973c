/** What a native flavor implements: recognise its model, say whether it is exact, open it. */
import type { SavedModel } from '../model/saved-model.ts';
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
  /** @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
  open(model: SavedModel, options: OpenOptions): Promise<Scorer>;
}
