import { readInputExample } from '../model/read-input-example.ts';
import type { SavedModel } from '../model/saved-model.ts';
import type { ScoringService } from '../scoring/scoring-service.ts';
import { describeError } from './describe-error.ts';

/**
 * Scores the example that was saved with the model, as a request: what is compiled or loaded with the first request is
 * then there before it. A model without one is left as it is.
 *
 * @returns why it did not work; null where it did
 */
export async function warmUp(model: SavedModel, service: ScoringService): Promise<string | null> {
  try {
    const example = await readInputExample(model);
    if (example === null) return null;
    await service.score({
      body: Buffer.from(example.body),
      contentType: 'application/json',
      startedAtMs: performance.now(),
    });
    return null;
  } catch (error) {
    return describeError(error);
  }
}
