import { expect, it } from 'vitest';
import { ndArray } from '../../data/nd-array.ts';
import { toFeeds } from './feed-dict.ts';
import type { ModelInput } from './model-interface.ts';

const type = { kind: 'tensor', elementType: 1, shape: null } as const;
const inputs = ['a', 'b'].map((name): ModelInput => ({ name, type }));

it('an array for several inputs is a server error, as MLflow raises it', () => {
  const array = ndArray({ dtype: 'float64', values: Float64Array.of(1) });
  expect(() => toFeeds(array, inputs, [])).toThrow(
    expect.objectContaining({
      code: 'MODEL_RAISED',
      details: expect.objectContaining({ httpStatus: 500, mlflowCode: 'INTERNAL_ERROR' }) as object,
    }),
  );
});
