import { describe, expect, it } from 'vitest';
import type { RawRequest, Scorer } from '../contract/scorer.ts';
import { frame, isFrame } from '../data/frame.ts';
import { ndArray } from '../data/nd-array.ts';
import type { ScoringInput } from '../data/scoring-data.ts';
import { parseSignature } from '../model/parse-signature.ts';
import { createScoringService, type ScoringService } from './scoring-service.ts';

const options = {
  compat: 'slipway',
  lenientTypes: false,
  nonFinite: 'tokens',
  timeoutMs: 1000,
} as const;

const floats = ndArray({ dtype: 'float64', values: Float64Array.of(1) });
const column = (values: readonly string[]): ScoringInput =>
  frame([{ label: 'x', data: { dtype: 'str', values } }]);

function serve(inputs: string | null, scorer: Partial<Scorer>, isTypeHint = false): ScoringService {
  const parts = { inputs, outputs: null, params: null };
  const signature = inputs === null ? null : parseSignature(parts, { fromTypeHint: isTypeHint });
  const predict = (): Promise<never> => Promise.reject(new Error('predict was called'));
  const close = async (): Promise<void> => undefined;
  return createScoringService({ scorer: { predict, close, ...scorer }, signature }, options);
}

function begin(): { startedAtMs: number } {
  return { startedAtMs: performance.now() };
}

describe('scoreInput', () => {
  it('costs a scorer that answers at once no timer: the signal is used again', async () => {
    const signals: AbortSignal[] = [];
    const service = serve(null, {
      predict: (input, _params, signal) => {
        signals.push(signal);
        return Promise.resolve(input);
      },
    });
    await service.scoreInput(floats, null, begin());
    expect(await service.scoreInput(floats, null, begin())).toBe(floats);
    expect(signals[0]).toBe(signals[1]);
  });

  it('enforces the signature', async () => {
    const service = serve('[{"type":"long","name":"x","required":true}]', {});
    await expect(service.scoreInput(column(['a']), null, begin())).rejects.toMatchObject({
      code: 'SCHEMA_ENFORCEMENT_FAILED',
    });
  });

  it('holds a scorer to the deadline', async () => {
    const service = serve(null, { predict: () => new Promise(() => undefined) });
    const late = { startedAtMs: performance.now() - 990 };
    await expect(service.scoreInput(floats, null, late)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  it.each([
    ['texts of a parser that always wants them', 'always', column(['a']), false, 'dataframe_split'],
    ['a type hint', 'unusual', column(['a', 'b']), true, 'inputs'],
    [
      'objects',
      'unusual',
      frame([{ label: 'x', data: { dtype: 'object', values: [[1n, 2.5]] } }]),
      false,
      'dataframe_split',
    ],
  ] as const)(
    'hands %s to the scorer’s own parser',
    async (_what, when, input, isTypeHint, key) => {
      const requests: RawRequest[] = [];
      const raw: Scorer['raw'] = {
        when,
        predict: async (request) => {
          requests.push(request);
          return { prediction: 1n, unified: false };
        },
      };
      const service = serve('[{"type":"any","name":"x","required":true}]', { raw }, isTypeHint);
      expect(await service.scoreInput(input, null, begin())).toBe(1n);
      const body: unknown = JSON.parse(Buffer.from(requests[0]!.body).toString());
      const rows = isFrame(input) ? input.rowCount : 0;
      expect(Object.keys(body as object)).toEqual([key]);
      if (isTypeHint) expect(body).toEqual({ inputs: ['a', 'b'] });
      else
        expect(body).toMatchObject({ dataframe_split: { columns: ['x'], data: { length: rows } } });
    },
  );

  it('keeps numbers from a parser that always wants requests', async () => {
    const raw: Scorer['raw'] = {
      when: 'always',
      predict: () => Promise.reject(new Error('the parser was asked')),
    };
    const service = serve(null, { raw, predict: (input) => Promise.resolve(input) });
    expect(await service.scoreInput(floats, null, begin())).toBe(floats);
  });
});
