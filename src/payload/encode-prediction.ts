/**
 * What a model returned → the response text, byte for byte as Python's `json.dumps` of MLflow's
 * `_get_jsonable_obj`. Source: mlflow/utils/proto_json_utils.py, scoring_server predictions_to_json 3.17.2.
 */
import { isFrame } from '../data/frame.ts';
import type { Prediction } from '../data/scoring-data.ts';
import { encodeRecords } from './encode-records.ts';
import { type EncodeOptions, encodeValue, unencodable } from './encode-value.ts';

export type { EncodeOptions } from './encode-value.ts';

/**
 * Encodes a prediction: frames as records, arrays as nested lists, float32 widened.
 *
 * @throws UNENCODABLE_RESULT for what `json.dumps` refuses
 */
export function encodePrediction(prediction: Prediction, options: EncodeOptions): string {
  const text = encodeTop(prediction, options);
  return options.wrap ? `{"predictions": ${text}}` : text;
}

/** The text inside `{"predictions": …}`. @throws UNENCODABLE_RESULT */
export function encodeTop(prediction: Prediction, options: EncodeOptions): string {
  try {
    if (isFrame(prediction)) return `[${encodeRecords(prediction, options)}]`;
    return encodeValue(prediction, options);
  } catch (error) {
    if (error instanceof RangeError)
      throw unencodable('it is nested too deeply or too long', error);
    throw error;
  }
}
