import { type ForeignValue, invalidModelFile } from './foreign-value.ts';
import { readJson } from './read-json.ts';

/**
 * The base score of a file: one number (before XGBoost 3.1) or a list, as text.
 * Source: XGBoost 3.2 src/common/param_array.cc.
 *
 * @returns float32 values, at least one
 * @throws MODEL_FILE_INVALID
 */
export function parseBaseScores(text: string): Float32Array {
  const list = text.trim().replace(/^\(/, '[').replace(/\)$/, ']');
  const value = readJson(list);
  const scores: readonly ForeignValue[] = Array.isArray(value) ? value : [value];
  if (scores.length === 0) throw invalidModelFile('"base_score" is empty');
  return Float32Array.from(scores, (score) => {
    if (typeof score === 'number') return score;
    throw invalidModelFile('"base_score" is not a number');
  });
}
