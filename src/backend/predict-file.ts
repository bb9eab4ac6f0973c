/**
 * `predict` on a file or stdin: decode → enforce → score → encode, in blocks for CSV. The output is
 * one JSON document, the same bytes as MLflow's. Source: mlflow scoring_server _predict 3.17.2.
 */
import { encodePrediction } from '../payload/encode-prediction.ts';
import { routeRequest } from '../scoring/route-request.ts';
import { predictRoute } from '../scoring/score-routed.ts';
import { predictCsv } from './predict-csv.ts';
import { openPredictInput, type PredictInput, readAll } from './predict-input.ts';
import { openPredictOutput, type PredictOutput } from './predict-output.ts';
import type { PredictFileOptions, PredictTarget } from './predict-file-options.ts';

export type { PredictFileOptions, PredictProgress, PredictTarget } from './predict-file-options.ts';

/**
 * Scores one input. With `outputPath` the file appears complete or not at all.
 *
 * @throws INPUT_FILE_UNREADABLE, OUTPUT_FILE_UNWRITABLE and the codes of payload, schema and flavors;
 *   for CSV `details.rows` says which rows; the reason of the signal
 */
export async function predictFile(
  target: PredictTarget,
  options: PredictFileOptions,
): Promise<void> {
  const input = await openPredictInput(options);
  try {
    const output = await openPredictOutput(options);
    try {
      await unlessAborted(options.signal, scoreInput(target, input, output, options));
      await output.commit();
    } catch (error) {
      await output.abandon();
      throw error;
    }
  } finally {
    await input.close();
  }
}

async function scoreInput(
  target: PredictTarget,
  input: PredictInput,
  output: PredictOutput,
  options: PredictFileOptions,
): Promise<void> {
  if (options.contentType === 'csv') return predictCsv(target, input, output, options);
  await output.write(await predictJson(target, await readAll(input), options));
}

/** Waits no longer than until the signal aborts: an input may never end, and then nothing else would tell. */
function unlessAborted(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

async function predictJson(
  { scorer, signature }: PredictTarget,
  body: Buffer,
  options: PredictFileOptions,
): Promise<string> {
  const { nonFinite, signal = new AbortController().signal } = options;
  const received = { body, contentType: 'application/json' };
  const route = await routeRequest(received, { raw: scorer.raw, signature, options });
  const { prediction, unified } = await predictRoute(scorer, route, signal);
  return encodePrediction(prediction, { nonFinite, wrap: !unified });
}
