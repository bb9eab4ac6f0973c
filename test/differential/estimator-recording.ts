/** One recorded LightGBM estimator (tools/reference/record-estimators.py) and the comparison of our answers with its. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Scorer } from '../../src/contract/scorer.ts';
import { frame } from '../../src/data/frame.ts';
import { isNdArray, ndArray } from '../../src/data/nd-array.ts';
import type { PyValue } from '../../src/data/py-value.ts';
import type { ScoringInput } from '../../src/data/scoring-data.ts';
import type { Vector } from '../../src/data/vector.ts';
import { isSlipwayError } from '../../src/errors/slipway-error.ts';
import { lightgbmReader } from '../../src/flavors/lightgbm/index.ts';
import type { SavedModel } from '../../src/model/saved-model.ts';
import { savedModel } from './xgboost-recording.ts';

type RecordedItem =
  | string
  | number
  | boolean
  | null
  | { readonly int: string }
  | { readonly float: string };

interface RecordedVector {
  readonly dtype: string;
  /** Bits in base64; the values themselves for text and objects. */
  readonly values: string | readonly RecordedItem[];
}

interface RecordedCall {
  readonly input:
    | (RecordedVector & { readonly shape: readonly number[] })
    | {
        readonly rows: number;
        readonly columns: readonly (RecordedVector & { readonly label: string })[];
      };
  readonly error?: boolean;
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly values?: RecordedVector['values'];
}

interface Recording {
  readonly class: string;
  readonly format: string;
  readonly file: string;
  readonly calls: readonly RecordedCall[];
}

/** Replays a recording; each difference in words, none when every call agrees to the last bit. */
export async function replayEstimator(file: string): Promise<readonly string[]> {
  const recording = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recording;
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-estimator-'));
  writeFileSync(path.join(folder, 'model.any'), Buffer.from(recording.file, 'base64'));
  try {
    const scorer = await lightgbmReader.open(estimatorModel(recording, folder), { threads: 0 });
    const differences = await Promise.all(recording.calls.map((call) => compareCall(scorer, call)));
    await scorer.close();
    return differences.flatMap((found, index) =>
      found === null ? [] : [`call ${index}: ${found}`],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A saved model whose file is `model.any` in `folder`. */
export function estimatorModel(
  recording: Pick<Recording, 'class' | 'format'>,
  folder: string,
): SavedModel {
  const config = {
    model_class: recording.class,
    data: 'model.any',
    serialization_format: recording.format,
  };
  return { ...savedModel(folder, recording.class), flavors: new Map([['lightgbm', config]]) };
}

async function compareCall(scorer: Scorer, call: RecordedCall): Promise<string | null> {
  try {
    const answer = await scorer.predict(toInput(call.input), null, new AbortController().signal);
    if (call.error === true) return 'answered, but LightGBM refuses';
    return compare(answer, call);
  } catch (error) {
    if (!isSlipwayError(error, 'PREDICT_FAILED')) throw error;
    return call.error === true ? null : `refused: ${error.message}`;
  }
}

function toInput(input: RecordedCall['input']): ScoringInput {
  if ('shape' in input) return ndArray(toVector(input), input.shape);
  const columns = input.columns.map((column) => ({ label: column.label, data: toVector(column) }));
  return frame(columns, input.rows);
}

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

function toVector({ dtype, values }: RecordedVector): Vector {
  if (typeof values !== 'string') return { dtype, values: values.map(toItem) } as Vector;
  const bytes = Uint8Array.from(Buffer.from(values, 'base64'));
  if (dtype === 'float16') {
    return { dtype, values: Float32Array.from(new Uint16Array(bytes.buffer), widen) };
  }
  return { dtype, values: new arrays[dtype as keyof typeof arrays](bytes.buffer) } as Vector;
}

function toItem(item: RecordedItem): PyValue {
  if (typeof item !== 'object' || item === null) return item;
  return 'int' in item ? BigInt(item.int) : Number(item.float);
}

/** The value of half-precision bits, by text of its parts. */
function widen(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

function compare(answer: PyValue, call: RecordedCall): string | null {
  if (!isNdArray(answer)) return 'no array';
  const expected = toVector({ dtype: call.dtype ?? '', values: call.values ?? [] });
  if (answer.data.dtype !== expected.dtype) {
    return `dtype ${answer.data.dtype} instead of ${expected.dtype}`;
  }
  if (String(answer.shape) !== String(call.shape)) {
    return `shape ${String(answer.shape)} instead of ${String(call.shape)}`;
  }
  const values: readonly PyValue[] = Array.from(answer.data.values as ArrayLike<PyValue>);
  const wanted: readonly PyValue[] = Array.from(expected.values as ArrayLike<PyValue>);
  const wrong = wanted.findIndex((value, index) => !Object.is(values[index], value));
  return wrong < 0
    ? null
    : `${inspect(values[wrong])} instead of ${inspect(wanted[wrong])} at ${wrong}`;
}
