/** A scorer over a pool of workers: each call is one message there and one, or a stream of them, back. */
import type {
  RawPrediction,
  RawRequest,
  RawScoring,
  Scorer,
  ScorerLimits,
  WorkerCounts,
} from '../../contract/scorer.ts';
import type { Prediction, ScoringInput, ScoringParams } from '../../data/scoring-data.ts';
import type { SavedModel } from '../../model/saved-model.ts';
import type { Message } from '../../workers/message.ts';
import type {
  WorkerPool,
  WorkerPoolStatus,
  WorkerStatus,
} from '../../workers/worker-pool-types.ts';
import { canSkipEnforcement } from './can-skip-enforcement.ts';
import { decodeValue } from './decode-value.ts';
import { encodeInput } from './encode-input.ts';
import { layoutOf } from './layout-of.ts';
import type { Ready } from './ready.ts';
import { translateError } from './translate-error.ts';
import { whenRaw } from './when-raw.ts';

/** What a scorer is made of. */
export interface ScorerParts {
  readonly pool: WorkerPool;
  readonly model: SavedModel;
  readonly ready: Ready;
  readonly workers: number;
  /** Calls that one worker answers at once. */
  readonly threads: number;
}

/** Makes the scorer. Closing it closes the pool. */
export function createScorer(parts: ScorerParts): Scorer {
  const { pool, model, ready } = parts;
  const encode = requestEncoder(model);
  return {
    limits: limitsOf(parts),
    raw: rawScoring(parts),
    async predict(input, params, signal) {
      const { header, buffers } = await ask(pool, encode(input, params), signal);
      return decodeValue(header['value'], buffers);
    },
    ...(ready.streamable && {
      predictStream: (input: ScoringInput, params: ScoringParams, signal: AbortSignal) =>
        stream(pool, encode(input, params), signal),
    }),
    workers: () => countWorkers(pool.status()),
    close: () => pool.close(),
  };
}

function countWorkers({ workers, restarts }: WorkerPoolStatus): WorkerCounts {
  const count = (wanted: WorkerStatus['state']): number =>
    workers.filter(({ state }) => state === wanted).length;
  return {
    starting: count('starting'),
    ready: count('ready'),
    draining: count('draining'),
    restarts,
  };
}

/** Merged calls keep a worker busy by themselves, so that one at a time for each is best. */
function limitsOf({ workers, threads, ready, model }: ScorerParts): ScorerLimits {
  const calls = workers * threads;
  return ready.rowWise && hasFreeRows(model) ? { calls, mergedCalls: workers } : { calls };
}

/** Params and unknown columns may change what a row means, a fixed first dimension how many there may be. */
function hasFreeRows({ signature }: SavedModel): boolean {
  if (signature === null || signature.inputs === null || signature.fromTypeHint) return false;
  if ((signature.params?.length ?? 0) > 0) return false;
  const { inputs } = signature;
  if (inputs.kind === 'columns') return inputs.columns.every(({ type }) => type.kind === 'scalar');
  return inputs.tensors.length === 1 && inputs.tensors[0]?.shape[0] === -1;
}

function requestEncoder(
  model: SavedModel,
): (input: ScoringInput, params: ScoringParams) => Message {
  const layout = layoutOf(model);
  return (input, params) => {
    const buffers: Uint8Array[] = [];
    const context = { buffers, layout };
    const data = encodeInput(input, context);
    return {
      header: {
        type: 'predict',
        data,
        ...(params !== null && { params: encodeInput(params, context) }),
        ...(canSkipEnforcement(model, input) && { direct: true }),
      },
      buffers,
    };
  };
}

function rawScoring({ pool, model, ready }: ScorerParts): RawScoring {
  return {
    when: whenRaw(model, ready),
    async predict(request, signal): Promise<RawPrediction> {
      const { header, buffers } = await ask(pool, encodeRaw(request), signal);
      const prediction = decodeValue(header['value'], buffers);
      return { prediction, unified: header['unified'] === true };
    },
    ...(ready.streamable && {
      predictStream: (request: RawRequest, signal: AbortSignal) =>
        stream(pool, encodeRaw(request), signal),
    }),
  };
}

function encodeRaw({ body, contentType }: RawRequest): Message {
  return { header: { type: 'raw', content_type: contentType }, buffers: [body] };
}

async function ask(pool: WorkerPool, message: Message, signal: AbortSignal): Promise<Message> {
  try {
    return await pool.request(message, signal);
  } catch (error) {
    throw translateError(error);
  }
}

async function* stream(
  pool: WorkerPool,
  { header, buffers }: Message,
  signal: AbortSignal,
): AsyncGenerator<Prediction, void, undefined> {
  const request = { header: { ...header, stream: true }, buffers };
  try {
    for await (const item of pool.stream(request, signal)) {
      yield decodeValue(item.header['value'], item.buffers);
    }
  } catch (error) {
    throw translateError(error);
  }
}
