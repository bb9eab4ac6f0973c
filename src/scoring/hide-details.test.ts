import { expect, it } from 'vitest';
import type { Signature } from '../model/signature.ts';
import { createScoringService } from './scoring-service.ts';

const signature: Signature = {
  inputs: {
    kind: 'columns',
    columns: [{ name: 'income', type: { kind: 'scalar', type: 'double' }, required: true }],
  },
  outputs: null,
  params: null,
  fromTypeHint: false,
};

const scorer = { predict: async () => 1, close: async () => undefined };

it.each([
  [true, false],
  [false, true],
])('with hideDetails %s, a message tells the data: %s', async (hideDetails, tells) => {
  const service = createScoringService(
    { scorer, signature },
    {
      compat: 'slipway',
      lenientTypes: false,
      hideDetails,
      nonFinite: 'tokens',
      timeoutMs: 60_000,
    },
  );
  const request = {
    body: Buffer.from('{"dataframe_split": {"columns": ["secret"], "data": [[123456]]}}'),
    contentType: 'application/json',
    startedAtMs: performance.now(),
  };
  const error = await service.score(request).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'SCHEMA_ENFORCEMENT_FAILED' });
  expect((error as Error).message.includes('income')).toBe(tells);
});
