/** One recorded LightGBM model (tools/reference/record-lightgbm.py) and the comparison of our answers with its. */
import { readFileSync } from 'node:fs';
import { type Frame, frame } from '../../src/data/frame.ts';
import { type NdArray, ndArray } from '../../src/data/nd-array.ts';
import type { Vector } from '../../src/data/vector.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { openLightgbmText } from '../../src/flavors/lightgbm/load-booster.ts';
import { type OpenedModel, predict } from '../../src/flavors/lightgbm/predict.ts';
import { openScoreSource } from '../../src/flavors/lightgbm/score-source.ts';

interface RecordedVector {
  readonly dtype: string;
  /** Bits in base64; the values themselves for objects. */
  readonly values: string | readonly (string | number | boolean | null)[];
}

interface RecordedCall {
  readonly input:
    | (RecordedVector & { readonly shape: readonly number[] })
    | { readonly rows: number; readonly columns: readonly RecordedVector[] };
  readonly options: {
    readonly raw_score?: boolean;
    readonly start_iteration?: number;
    readonly num_iteration?: number;
  };
  readonly error?: boolean;
  readonly shape?: readonly number[];
  readonly values?: string;
}

interface Recording {
  readonly text: string;
  readonly calls: readonly RecordedCall[];
}

/** Replays a recording; each difference in words, none when every call agrees to the last bit. */
export async function replayLightgbm(file: string): Promise<readonly string[]> {
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const model = openLightgbmText(Buffer.from(recording.text, 'base64'));
  const opened = { model, source: openScoreSource(model, 0) };
  const differences: string[] = [];
  for (const [index, call] of recording.calls.entries()) {
    const difference = await compareCall(opened, call);
    if (difference !== null) {
      differences.push(`call ${index} ${JSON.stringify(call.options)}: ${difference}`);
    }
  }
  await opened.source.close();
  return differences;
}

async function compareCall(opened: OpenedModel, call: RecordedCall): Promise<string | null> {
  const { raw_score: rawScore, start_iteration: start, num_iteration: count } = call.options;
  const options = {
    ...(rawScore !== undefined && { rawScore }),
    ...(start !== undefined && { startIteration: start }),
    ...(count !== undefined && { iterationCount: count }),
  };
  try {
    const input = toInput(call.input);
    const answer = await predict(opened, input, new AbortController().signal, options);
    return call.error === true ? 'answered, but LightGBM refuses' : compareArrays(answer, call);
  } catch (error) {
    if (!isSlipwayError(error)) throw error;
    return call.error === true ? null : `refused: ${error.message}`;
  }
}

function toInput(input: RecordedCall['input']): Frame | NdArray {
  if ('shape' in input) return ndArray(toVector(input), input.shape);
  return frame(
    input.columns.map((column, label) => ({ label, data: toVector(column) })),
    input.rows,
  );
}

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  bool: Uint8Array,
} as const;

function toVector({ dtype, values }: RecordedVector): Vector {
  if (typeof values !== 'string') return { dtype: 'object', values };
  const buffer = bytesOf(values);
  return { dtype, values: new arrays[dtype as keyof typeof arrays](buffer) } as Vector;
}

function compareArrays(actual: NdArray, call: RecordedCall): string | null {
  if (String(actual.shape) !== String(call.shape))
    return `shape ${String(actual.shape)} instead of ${String(call.shape)}`;
  const { values } = actual.data;
  const expected = new Float64Array(bytesOf(call.values ?? ''));
  if (!(values instanceof Float64Array)) return `${actual.data.dtype} instead of float64`;
  const at = expected.findIndex((value, i) => !Object.is(values[i], value));
  return at === -1 ? null : `${values[at]} instead of ${expected[at]} at ${at}`;
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer;
}
