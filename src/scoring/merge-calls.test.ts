/** Requests that are merged: the answers are those of requests scored alone, whatever their neighbours do. */
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scorer } from '../contract/scorer.ts';
import { type Column, frame, isFrame } from '../data/frame.ts';
import { isNdArray, ndArray } from '../data/nd-array.ts';
import type { Prediction, ScoringInput } from '../data/scoring-data.ts';
import { elementAt } from '../data/vector-values.ts';
import type { Vector } from '../data/vector.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import { encodePrediction } from '../payload/encode-prediction.ts';
import { limitCalls } from './limit-calls.ts';
import type { QueueOptions } from './scoring-options.ts';

const patient: AbortSignal = new AbortController().signal;
setMaxListeners(0, patient);

interface RowScorer {
  readonly scorer: Scorer;
  /** Rows of each call so far. */
  readonly calls: number[];
  /** Signals of each call so far. */
  readonly signals: AbortSignal[];
}

interface RowScorerOptions {
  readonly answer?: (rows: readonly string[]) => Prediction;
  readonly delayMs?: number;
  readonly mergedCalls?: number;
  readonly calls?: number;
}

/** Answers each row with its own text; refuses an input that holds the value -99. */
function rowScorer({
  answer = (rows) => [...rows],
  delayMs = 2,
  calls: limit = 2,
  mergedCalls = 1,
}: RowScorerOptions = {}): RowScorer {
  const calls: number[] = [];
  const signals: AbortSignal[] = [];
  return {
    calls,
    signals,
    scorer: {
      limits: { calls: limit, mergedCalls },
      async predict(input, _params, signal) {
        const rows = rowTexts(input);
        calls.push(rows.length);
        signals.push(signal);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (rows.some((row) => row.includes('-99'))) throw refusal;
        return answer(rows);
      },
      close: async () => undefined,
    },
  };
}

const refusal = slipwayError('PREDICT_FAILED', 'a row holds -99');

/** Each row as text: dtype and value of every cell. */
function rowTexts(input: ScoringInput): readonly string[] {
  if (isFrame(input)) {
    return Array.from({ length: input.rowCount }, (_, row) =>
      input.columns.map(({ label, data }) => `${String(label)}=${cell(data, row)}`).join(),
    );
  }
  if (!isNdArray(input)) return [];
  const [rowCount = 0, ...shape] = input.shape;
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: rowCount }, (_, row) =>
    [
      shape.join('x'),
      ...Array.from({ length: size }, (_v, at) => cell(input.data, row * size + at)),
    ].join(),
  );
}

function cell(vector: Vector, at: number): string {
  const value = elementAt(vector, at);
  const text = typeof value === 'object' && value !== null ? encodePrediction(value, plain) : value;
  return `${vector.dtype}:${Object.is(text, -0) ? '-0' : String(text)}`;
}

const plain = { nonFinite: 'tokens', wrap: false } as const;

function limited(scorer: Scorer, options: QueueOptions = {}): Scorer {
  return limitCalls(scorer, {
    compat: 'slipway',
    lenientTypes: false,
    nonFinite: 'tokens',
    timeoutMs: 60_000,
    ...options,
  }).scorer;
}

function numbers(...values: number[]): ScoringInput {
  return frame([{ label: 'x', data: { dtype: 'float64', values: Float64Array.from(values) } }]);
}

/** A merging scorer that knows already that results fall into rows. */
async function proven(
  scorer: Scorer,
  calls: number[],
  options: QueueOptions = {},
): Promise<Scorer> {
  const merging = limited(scorer, options);
  await merging.predict(numbers(0), null, patient);
  calls.length = 0;
  return merging;
}

type Outcome = string | Error;

async function outcomes(scorer: Scorer, inputs: readonly ScoringInput[]): Promise<Outcome[]> {
  const settled = await Promise.allSettled(
    inputs.map((input) => scorer.predict(input, null, patient)),
  );
  return settled.map((one) =>
    one.status === 'fulfilled' ? encodePrediction(one.value, plain) : (one.reason as Error),
  );
}

const vectorOf: Readonly<Record<string, (length: number) => fc.Arbitrary<Vector>>> = {
  float64: (n) =>
    fc
      .array(fc.double(), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'float64', values: Float64Array.from(values) })),
  float32: (n) =>
    fc
      .array(fc.float(), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'float32', values: Float32Array.from(values) })),
  int64: (n) =>
    fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'int64', values: BigInt64Array.from(values) })),
  uint8: (n) =>
    fc
      .array(fc.nat(255), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'uint8', values: Uint8Array.from(values) })),
  bool: (n) =>
    fc
      .array(fc.nat(1), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'bool', values: Uint8Array.from(values) })),
  datetime: (n) =>
    fc
      .array(fc.bigInt({ min: 0n, max: 2n ** 62n }), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'datetime64[ns]', values: BigInt64Array.from(values) })),
  str: (n) =>
    fc
      .array(fc.option(fc.string()), { minLength: n, maxLength: n })
      .map((values) => ({ dtype: 'str', values })),
  object: (n) =>
    fc
      .array(fc.option(fc.oneof(fc.string(), fc.array(fc.string()))), {
        minLength: n,
        maxLength: n,
      })
      .map((values) => ({ dtype: 'object', values })),
};

const dtypes = Object.keys(vectorOf);
const rowCount = fc.integer({ min: 0, max: 4 });

const frames = fc.array(fc.constantFrom(...dtypes), { minLength: 1, maxLength: 3 }).chain((kinds) =>
  rowCount.chain((rows) =>
    fc.tuple(...kinds.map((kind) => vectorOf[kind]!(rows))).map((vectors) =>
      frame(
        vectors.map((data, at): Column => ({ label: `c${at}`, data })),
        rows,
      ),
    ),
  ),
);

const arrays = fc
  .tuple(
    fc.constantFrom(...dtypes),
    rowCount,
    fc.array(fc.integer({ min: 1, max: 2 }), { maxLength: 2 }),
  )
  .chain(([kind, rows, row]) =>
    vectorOf[kind]!(row.reduce((product, size) => product * size, rows)).map((data) =>
      ndArray(data, [rows, ...row]),
    ),
  );

/** Inputs that are often alike, so that many can be merged. */
const requests = fc
  .array(fc.oneof(frames, arrays, fc.constant(numbers(1, 2)), fc.constant(numbers(0, -99))), {
    minLength: 1,
    maxLength: 3,
  })
  .chain((kinds) => fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 }));

const answers: readonly RowScorerOptions['answer'][] = [
  (rows) => [...rows],
  (rows) => ndArray({ dtype: 'str', values: rows }),
  (rows) =>
    ndArray(
      { dtype: 'float64', values: Float64Array.from(rows.flatMap((row) => [row.length, 0.5])) },
      [rows.length, 2],
    ),
  (rows) => frame([{ label: 'row', data: { dtype: 'str', values: rows } }], rows.length),
  (rows) => new Map([['rows', [...rows]]]),
];

describe('merged calls', () => {
  it('answer as single ones do, whatever the shapes, dtypes, values and results; one bad member fails alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        requests,
        fc.constantFrom(...answers),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (inputs, answer, batchMaxRows, mergedCalls) => {
          const options = { delayMs: 0, mergedCalls, ...(answer !== undefined && { answer }) };
          const merged = limited(rowScorer(options).scorer, { batchMaxRows });
          const single = limited(rowScorer(options).scorer, { batching: false });
          expect(await outcomes(merged, inputs)).toEqual(await outcomes(single, inputs));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('take everything that came in one turn, up to the most rows', async () => {
    const { scorer, calls } = rowScorer();
    const merging = await proven(scorer, calls, { batchMaxRows: 6 });
    await outcomes(
      merging,
      Array.from({ length: 7 }, (_, at) => numbers(at, at)),
    );
    expect(calls).toEqual([6, 6, 2]);
  });

  it('take what came while others ran', async () => {
    const { scorer, calls } = rowScorer({ delayMs: 20 });
    const merging = limited(scorer);
    const first = outcomes(merging, [numbers(1)]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([first, outcomes(merging, [numbers(2), numbers(3), numbers(4)])]);
    expect(calls).toEqual([1, 3]);
  });

  it('wait for company only as long as they are told', async () => {
    const { scorer, calls } = rowScorer({ delayMs: 0 });
    const merging = await proven(scorer, calls, { batchMaxWaitMs: 30 });
    const startedAt = performance.now();
    const first = outcomes(merging, [numbers(1)]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([first, outcomes(merging, [numbers(2)])]);
    expect(calls).toEqual([2]);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29);
  });

  it('are not made of layouts that differ, nor with params', async () => {
    const { scorer, calls } = rowScorer();
    const merging = limited(scorer);
    const other = frame([{ label: 'y', data: { dtype: 'float64', values: Float64Array.of(1) } }]);
    const narrow = frame([{ label: 'x', data: { dtype: 'float32', values: Float32Array.of(1) } }]);
    await Promise.all([
      outcomes(merging, [numbers(1), other, narrow]),
      merging.predict(numbers(2), new Map(), patient),
    ]);
    expect(calls).toEqual([1, 1, 1, 1]);
  });

  it('are tried no more once a result does not fall into rows', async () => {
    const { scorer, calls } = rowScorer({
      answer: (rows) => new Map([['n', BigInt(rows.length)]]),
    });
    const merging = limited(scorer);
    const inputs = [numbers(1), numbers(2, 3), numbers(4)];
    const expected = ['{"n": 1}', '{"n": 2}', '{"n": 1}'];
    expect(await outcomes(merging, inputs)).toEqual(expected);
    expect(await outcomes(merging, inputs)).toEqual(expected);
    expect(calls).toEqual([1, 2, 1, 1, 2, 1]);
  });

  it('are given up when only results of several rows do not fall into rows', async () => {
    const { scorer, calls } = rowScorer({
      answer: (rows) => (rows.length > 2 ? 'many' : [...rows]),
    });
    const merging = await proven(scorer, calls);
    const inputs = [numbers(1), numbers(2), numbers(3)];
    const expected = ['["x=float64:1"]', '["x=float64:2"]', '["x=float64:3"]'];
    expect(await outcomes(merging, inputs)).toEqual(expected);
    expect(await outcomes(merging, inputs)).toEqual(expected);
    expect(calls).toEqual([3, 1, 1, 1, 1, 1, 1]);
  });

  it('go on after one that failed', async () => {
    const { scorer, calls } = rowScorer();
    const merging = await proven(scorer, calls);
    const results = await outcomes(merging, [numbers(1), numbers(-99), numbers(2)]);
    expect(results).toEqual(['["x=float64:1"]', refusal, '["x=float64:2"]']);
    await outcomes(merging, [numbers(1), numbers(2)]);
    expect(calls).toEqual([3, 1, 1, 1, 2]);
  });

  it('are aborted only when all have left', async () => {
    const { scorer, signals, calls } = rowScorer({ delayMs: 30 });
    const merging = await proven(scorer, calls);
    signals.length = 0;
    const [a, b, c] = [new AbortController(), new AbortController(), new AbortController()];
    const all = [a, b, c].map((one, at) => merging.predict(numbers(at), null, one.signal));
    const settled = Promise.allSettled(all);
    await new Promise((resolve) => setTimeout(resolve, 5));
    a.abort(new Error('a left'));
    b.abort(new Error('b left'));
    expect(signals.map((signal) => signal.aborted)).toEqual([false]);
    const states = (await settled).map((one) =>
      one.status === 'fulfilled' ? one.value : (one.reason as Error).message,
    );
    expect(states).toEqual(['a left', 'b left', ['x=float64:2']]);
    const both = [a, b].map(() => new AbortController());
    const last = Promise.allSettled(
      both.map((one) => merging.predict(numbers(1), null, one.signal)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    const late = slipwayError('DEADLINE_EXCEEDED', 'late');
    both[0]?.abort(late);
    both[1]?.abort(new Error('left'));
    await last;
    expect(signals.at(-1)?.reason).toBe(late);
  });

  it('count those that wait, and refuse beyond the bound', async () => {
    const { scorer } = rowScorer({ delayMs: 20 });
    const merging = limited(scorer, { maxQueue: 2 });
    const first = outcomes(merging, [numbers(1)]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const results = await outcomes(merging, [numbers(2), numbers(3), numbers(4)]);
    expect(results.map((one) => (one instanceof Error ? one.message.slice(0, 10) : one))).toEqual([
      '["x=float64:2"]',
      '["x=float64:3"]',
      '2 requests',
    ]);
    await first;
    expect(await outcomes(merging, [numbers(5)])).toEqual(['["x=float64:5"]']);
  });

  it('keep to the limit of calls together with single ones', async () => {
    let running = 0;
    let most = 0;
    const scorer: Scorer = {
      limits: { calls: 2, mergedCalls: 2 },
      async predict(input) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 3));
        running--;
        return [...rowTexts(input)];
      },
      close: async () => undefined,
    };
    const merging = limited(scorer);
    const jobs: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      jobs.push(merging.predict(numbers(round), null, patient));
      jobs.push(merging.predict(numbers(round), new Map(), patient));
      await new Promise(setImmediate);
    }
    await Promise.all(jobs);
    expect(most).toBe(2);
  });
});
