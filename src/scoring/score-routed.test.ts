/** Which requests a scorer parses itself, and what becomes of those that ask for a stream. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { RawRequest, RawScoring, Scorer } from '../contract/scorer.ts';
import { isFrame } from '../data/frame.ts';
import type { Prediction, ScoringInput } from '../data/scoring-data.ts';
import { slipwayError } from '../errors/slipway-error.ts';
import type { ScalarType, Signature, ValueType } from '../model/signature.ts';
import { type AnswerStream, createScoringService, type ScoringService } from './scoring-service.ts';
import type { ScoringOptions } from './scoring-options.ts';

function signatureOf(types: Readonly<Record<string, ScalarType | ValueType>>): Signature {
  const columns = Object.entries(types).map(([name, type]) => ({
    name,
    type: typeof type === 'string' ? ({ kind: 'scalar', type } as const) : type,
    required: true,
  }));
  return { inputs: { kind: 'columns', columns }, outputs: null, params: null, fromTypeHint: false };
}

const typed = signatureOf({ x: 'double', name: 'string' });
const json = 'application/json';

/** Says how it was asked. */
function asked(when: RawScoring['when'], more: Partial<Scorer> = {}): Scorer {
  return {
    predict: async (input) => `decoded ${describeInput(input)}`,
    raw: {
      when,
      predict: async ({ body, contentType }: RawRequest) => ({
        prediction: `raw ${contentType} of ${body.length}`,
        unified: Buffer.from(body).includes('messages'),
      }),
    },
    close: async () => undefined,
    ...more,
  };
}

function describeInput(input: ScoringInput): string {
  return isFrame(input) ? input.columns.map(({ data }) => data.dtype).join() : 'other';
}

function serviceOf(
  scorer: Scorer,
  signature: Signature | null = null,
  options: Partial<ScoringOptions> = {},
): ScoringService {
  return createScoringService(
    { scorer, signature },
    {
      compat: 'slipway',
      lenientTypes: false,
      nonFinite: 'tokens',
      timeoutMs: 60_000,
      ...options,
    },
  );
}

function request(body: string, contentType: string | undefined = json) {
  return { body: Buffer.from(body), contentType, startedAtMs: performance.now() };
}

function answerOf(service: ScoringService, body: string, contentType?: string): Promise<unknown> {
  return service.score(request(body, contentType)).catch((error: { code: unknown }) => error.code);
}

describe('raw requests', () => {
  it.each([
    ['{"inputs": [1]}', json],
    ['no JSON at all', json],
    ['a,b\n1,2\n', 'text/csv'],
  ])('go over unread where the scorer always parses: %s', async (body, contentType) => {
    const answer = await answerOf(serviceOf(asked('always')), body, contentType);
    const format = contentType === json ? 'json' : 'csv';
    expect(answer).toBe(`{"predictions": "raw ${format} of ${body.length}"}`);
  });

  it.each([
    [undefined, 'CONTENT_TYPE_MISSING'],
    ['text/plain', 'UNSUPPORTED_CONTENT_TYPE'],
    ['application/json; charset=latin-1', 'UNSUPPORTED_CONTENT_TYPE'],
  ])('are refused for their content type first: %s', async (contentType, code) => {
    const { body, startedAtMs } = request('{}');
    const answer = serviceOf(asked('always')).score({ body, contentType, startedAtMs });
    await expect(answer).rejects.toMatchObject({ code });
  });

  it('are answered unwrapped where the scorer says so', async () => {
    const service = serviceOf(asked('always'));
    expect(await answerOf(service, '{"messages": []}')).toBe('"raw json of 16"');
  });

  it.each<readonly [string, string, Signature | null]>([
    ['a frame of numbers', '{"dataframe_split": {"columns": ["x"], "data": [[1.5]]}}', null],
    ['a frame of text', '{"dataframe_records": [{"a": "b"}, {"a": null}]}', null],
    ['a tensor', '{"inputs": [[1, 2], [3, 4]]}', null],
    ['a dict of tensors', '{"inputs": {"a": [1, 2], "b": [0.5, 1]}}', null],
    ['scalar columns', '{"dataframe_records": [{"x": 1, "name": "n"}]}', typed],
    ['scalar columns as lists', '{"inputs": {"x": [1], "name": ["n"]}}', typed],
  ])('are decoded here when they are %s', async (_name, body, signature) => {
    expect(await answerOf(serviceOf(asked('unusual'), signature), body)).toMatch(/"decoded /);
  });

  it('are decoded here with lenient types; what those refuse, the scorer does not get', async () => {
    const column = (name: string, type: 'long' | 'datetime') =>
      ({ name, type: { kind: 'scalar', type }, required: false }) as const;
    const columns = [column('n', 'long'), column('at', 'datetime')];
    const dated: Signature = { ...typed, inputs: { kind: 'columns', columns } };
    const ask = (lenientTypes: boolean, cells: string): Promise<unknown> =>
      answerOf(serviceOf(asked('unusual'), dated, { lenientTypes }), `{"inputs": {"n": ${cells}}}`);
    expect(await ask(false, '[5, null]')).toMatch(/"raw /);
    expect(await ask(true, '[5, null]')).toMatch(/"decoded float64"/);
    expect(await ask(true, '[9007199254740993, null]')).toMatch(/"decoded object"/);
    expect(await ask(true, '[1.5]')).toBe('INVALID_INPUT');
    expect(await ask(true, '["what"]')).toMatch(/"raw /);
  });

  it.each<readonly [string, string, Signature | null]>([
    ['objects', '{"dataframe_records": [{"a": {"b": 1}}]}', null],
    ['mixed types', '{"dataframe_records": [{"a": 1}, {"a": "x"}]}', null],
    ['an index', '{"dataframe_split": {"columns": ["x"], "index": ["r"], "data": [[1]]}}', null],
    ['ragged lists', '{"inputs": [[1], [2, 3]]}', null],
    ['an LLM request', '{"prompt": "hi"}', null],
    ['half a surrogate pair', String.raw`{"dataframe_records": [{"a": "\ud800"}]}`, null],
    ['what cannot be decoded', '{"dataframe_split": 1}', null],
    ['no JSON', '{', null],
    ['bytes', '{"dataframe_records": [{"b": "AAA="}]}', signatureOf({ b: 'binary' })],
    [
      'nested columns',
      '{"dataframe_records": [{"a": [1, 2]}]}',
      signatureOf({ a: { kind: 'array', items: { kind: 'scalar', type: 'long' } } }),
    ],
    [
      'dates in a form that pandas guesses',
      '{"dataframe_records": [{"t": "1/2/03"}]}',
      signatureOf({ t: 'datetime' }),
    ],
  ])('go over when they hold %s', async (_name, body, signature) => {
    expect(await answerOf(serviceOf(asked('unusual'), signature), body)).toMatch(/"raw json of /);
  });

  it.each([
    ['{', 'INVALID_INPUT'],
    ['{"dataframe_records": [{"x": "no number", "name": "n"}]}', 'INVALID_INPUT'],
    ['{"dataframe_records": [{"x": 1}]}', 'SCHEMA_ENFORCEMENT_FAILED'],
  ])('are refused here where that is exact: %s', async (body, code) => {
    expect(await answerOf(serviceOf(asked('unusual'), typed), body)).toBe(code);
  });
});

const tokens: readonly Prediction[] = ['a', new Map([['n', 1]]), [Number.NaN]];

interface Streaming {
  readonly scorer: Scorer;
  /** How streams ended: `done`, or the reason of the abort. */
  readonly ends: string[];
}

/** Streams `items`, each after `delayMs`; an Error among them is thrown. */
function streaming(items: readonly (Prediction | Error)[], delayMs = 0): Streaming {
  const ends: string[] = [];
  async function* stream(signal: AbortSignal): AsyncGenerator<Prediction> {
    try {
      for (const item of items) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        if (item instanceof Error) throw item;
        yield item;
      }
    } finally {
      ends.push(signal.aborted ? (signal.reason as { code: string }).code : 'done');
    }
  }
  const scorer = asked('unusual', {
    limits: { calls: 1 },
    predictStream: (_input, _params, signal) => stream(signal),
  });
  return { ends, scorer };
}

async function collect(answer: string | AnswerStream): Promise<readonly string[] | string> {
  if (typeof answer === 'string') return answer;
  const items: string[] = [];
  for await (const item of answer) items.push(item);
  return items;
}

const plainBody = '{"inputs": [1]}';
const streamBody = '{"inputs": [1], "stream": true}';
const texts = ['"a"', '{"n": 1.0}', '[NaN]'];

describe('streams', () => {
  it.each([
    ['required', plainBody, texts],
    ['welcome', plainBody, texts],
    ['asked', streamBody, texts],
    ['asked', plainBody, '{"predictions": "decoded other"}'],
    ['never', streamBody, '{"predictions": "decoded other"}'],
    ['asked', '{"inputs": [1], "params": {"stream": true}}', '{"predictions": "decoded other"}'],
  ] as const)('wish %s, body %s', async (wish, body, expected) => {
    const { scorer } = streaming(tokens);
    expect(await collect(await serviceOf(scorer).respond(request(body), wish))).toEqual(expected);
  });

  it('gives the whole answer where the model takes a field `stream` but cannot stream', async () => {
    const service = serviceOf(asked('always'), signatureOf({ stream: 'boolean' }));
    const body = '{"messages": [], "stream": true}';
    const answer = await service.respond(request(body), 'asked');
    expect(answer).toBe(`"raw json of ${body.length}"`);
  });

  it.each([
    ['required', plainBody, 'STREAMING_UNSUPPORTED'],
    ['asked', streamBody, 'STREAMING_UNSUPPORTED'],
    ['welcome', plainBody, null],
    ['never', streamBody, null],
  ] as const)('of a model without: wish %s, body %s', async (wish, body, code) => {
    const native: Scorer = { predict: async () => 1, close: async () => undefined };
    for (const scorer of [asked('always'), asked('unusual'), native]) {
      const answer = serviceOf(scorer).respond(request(body), wish);
      if (code === null) expect(await answer).toMatch(/^\{"predictions": /);
      else await expect(answer).rejects.toMatchObject({ code });
    }
  });

  it('are not given with compat mlflow, as MLflow gives none', async () => {
    const service = serviceOf(streaming(tokens).scorer, null, { compat: 'mlflow' });
    expect(typeof (await service.respond(request(streamBody), 'required'))).toBe('string');
  });

  it('come from the raw request where that goes over', async () => {
    const bodies: string[] = [];
    const scorer = asked('always', {
      raw: {
        ...asked('always').raw!,
        async *predictStream({ body }) {
          bodies.push(Buffer.from(body).toString());
          yield 'raw item';
        },
      },
    });
    const body = '{"messages": [], "stream": true}';
    expect(await collect(await serviceOf(scorer).respond(request(body), 'asked'))).toEqual([
      '"raw item"',
    ]);
    expect(bodies).toEqual([body]);
  });

  it('that fail before the first item are errors like any other', async () => {
    const { scorer } = streaming([slipwayError('PREDICT_FAILED', 'no')]);
    const service = serviceOf(scorer);
    const answer = service.respond(request(plainBody), 'required');
    await expect(answer).rejects.toMatchObject({ code: 'PREDICT_FAILED' });
    expect(service.load).toEqual({ running: 0, waiting: 0 });
  });

  it('that fail later give what they had', async () => {
    const { scorer } = streaming(['a', slipwayError('PREDICT_FAILED', 'no')]);
    const stream = (await serviceOf(scorer).respond(
      request(plainBody),
      'required',
    )) as AnswerStream;
    expect(await stream.next()).toEqual({ done: false, value: '"a"' });
    await expect(stream.next()).rejects.toMatchObject({ code: 'PREDICT_FAILED' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('have a deadline for the first item, and one from item to item', async () => {
    const { scorer, ends } = streaming(['a', 'b', 'c', 'd', 'e'], 250);
    const service = serviceOf(scorer, null, { timeoutMs: 1000 });
    expect(await collect(await service.respond(request(plainBody), 'required'))).toHaveLength(5);
    const slow = streaming(['a'], 100);
    const late = serviceOf(slow.scorer, null, { timeoutMs: 20 });
    await expect(late.respond(request(plainBody), 'required')).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    await expect.poll(() => [...ends, ...slow.ends]).toEqual(['done', 'DEADLINE_EXCEEDED']);
    await expect.poll(() => late.load.running).toBe(0);
  });

  it('end when the client leaves, and free their place', async () => {
    const { scorer, ends } = streaming(['a', 'b', 'c'], 10);
    const service = serviceOf(scorer);
    const caller = new EventEmitter();
    const stream = (await service.respond(
      { ...request(plainBody), caller },
      'required',
    )) as AnswerStream;
    await stream.next();
    const next = stream.next();
    await new Promise(setImmediate);
    caller.emit('close');
    await expect(next).rejects.toMatchObject({ code: 'CLIENT_GONE' });
    await expect.poll(() => [ends, service.load.running]).toEqual([['CLIENT_GONE'], 0]);
    const left = (await service.respond(request(plainBody), 'required')) as AnswerStream;
    await left.return();
    await expect.poll(() => [ends.length, service.load.running]).toEqual([2, 0]);
  });

  it('wait in the queue as other calls do', async () => {
    const { scorer } = streaming(['a', 'b'], 5);
    const service = serviceOf(scorer, null, { maxQueue: 1 });
    const first = await service.respond(request(plainBody), 'required');
    const waiting = service.respond(request(plainBody), 'required');
    await expect(service.respond(request(plainBody), 'required')).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    });
    expect(await collect(first)).toHaveLength(2);
    expect(await collect(await waiting)).toHaveLength(2);
  });
});
