/** Assessing by reading the model: what was read for that is kept until the model is opened. */
import type { Assessment } from '../contract/runtime.ts';
import { saysFileIsCut } from '../errors/cut-file.ts';
import { isSlipwayError } from '../errors/slipway-error.ts';
import type { SavedModel } from '../model/saved-model.ts';

/** How one flavor assesses. */
export interface ReadingAssessment<Loaded> {
  /** Packages that score the model where the native reader cannot, besides `python` and `mlflow`. */
  readonly library: string;
  /** @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
  readonly read: (saved: SavedModel) => Promise<Loaded>;
  /** What to say of a model that was read. */
  readonly judge: (loaded: Loaded) => Assessment;
}

/** `assess` of a flavor, and `take` for its `open`. */
export interface AssessedModels<Loaded> {
  /** Says whether a saved model is scored exactly, by reading its file. */
  readonly assess: (saved: SavedModel) => Promise<Assessment>;
  /** The model as `assess` has read it, or read now. @throws MODEL_FILE_INVALID, MODEL_NOT_NATIVE */
  readonly take: (saved: SavedModel) => Promise<Loaded>;
}

/** Makes both: the file of a model is parsed once. */
export function assessByReading<Loaded extends object>({
  library,
  read,
  judge,
}: ReadingAssessment<Loaded>): AssessedModels<Loaded> {
  const assessed = new WeakMap<SavedModel, Loaded>();
  return {
    async assess(saved) {
      try {
        const loaded = await read(saved);
        const assessment = judge(loaded);
        if (assessment.canScore) assessed.set(saved, loaded);
        return assessment;
      } catch (error) {
        if (!isSlipwayError(error)) throw error;
        const needs = error.code === 'MODEL_NOT_NATIVE' ? ['python', 'mlflow', library] : [];
        const isCut = saysFileIsCut(error);
        return { canScore: false, reason: error.message, needs, ...(isCut ? { isCut } : {}) };
      }
    },
    async take(saved) {
      const loaded = assessed.get(saved) ?? (await read(saved));
      assessed.delete(saved);
      return loaded;
    },
  };
}
