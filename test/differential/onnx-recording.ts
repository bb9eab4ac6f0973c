/** One recorded ONNX model (tools/reference/record-onnx.py) and the comparison of our answers with MLflow's. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Scorer } from '../../src/contract/scorer.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { onnxReader } from '../../src/flavors/onnx/index.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { bareSavedModel } from './bare-saved-model.ts';
import { encodePrediction } from '../../src/payload/encode-prediction.ts';
import { judgeText, toleranceOf } from '../conformance/compare-answers.ts';
import type { Numeric } from '../conformance/corpus.ts';
import { fromTagged, type Tagged } from './tagged-values.ts';

interface RecordedCall {
  readonly input: Tagged;
  readonly output?: string;
  readonly error?: boolean;
  /** Only Python can answer it. */
  readonly python?: boolean;
  readonly note?: string;
}

interface Recording {
  readonly numeric: Numeric;
  readonly native: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly calls: readonly RecordedCall[];
}

/** Replays a recording; each difference in words, none when every call agrees as its arithmetic allows. */
export async function replayOnnx(file: string): Promise<readonly string[]> {
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-onnx-'));
  try {
    for (const [name, content] of Object.entries(recording.files))
      writeFileSync(path.join(folder, name), Buffer.from(content, 'base64'));
    const model = savedModel(folder, recording.config);
    const assessment = await onnxReader.assess(model);
    if (assessment.canScore !== recording.native)
      return [`native is ${assessment.canScore}: ${assessment.reason}`];
    if (!recording.native) return [];
    const scorer = await onnxReader.open(model, { threads: 1 });
    const differences: string[] = [];
    for (const [index, call] of recording.calls.entries()) {
      const difference = await replayCall(scorer, call, recording.numeric);
      if (difference !== null) differences.push(`call ${index}: ${difference}`);
    }
    await scorer.close();
    return differences;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A model folder with an onnx flavor and nothing else. */
export function savedModel(
  directory: string,
  config: Readonly<Record<string, unknown>>,
): SavedModel {
  return bareSavedModel(directory, 'onnx', config);
}

async function replayCall(
  scorer: Scorer,
  call: RecordedCall,
  numeric: Numeric,
): Promise<string | null> {
  try {
    const answer = await scorer.predict(fromTagged(call.input), null, new AbortController().signal);
    const text = encodePrediction(answer, { nonFinite: 'tokens', wrap: true });
    if (call.error === true)
      return `answered ${text.slice(0, 200)}, but MLflow refuses (${call.note})`;
    return judgeText(call.output ?? '', text, toleranceOf(numeric));
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    if (call.python === true && error.message.includes('python runtime')) return null;
    return call.error === true
      ? null
      : `refused (${error.message}), MLflow: ${call.output?.slice(0, 200)}`;
  }
}
