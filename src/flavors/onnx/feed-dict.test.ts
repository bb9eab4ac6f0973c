import { expect, it } from 'vitest';
import { frame } from '../../data/frame.ts';
import { ndArray } from '../../data/nd-array.ts';
import { toFeeds } from './feed-dict.ts';
import type { ModelInput } from './model-interface.ts';

const type = { kind: 'tensor', elementType: 1, shape: null } as const;
const data = { dtype: 'bool', values: Uint8Array.of(1) } as const;
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

it('a column of an extension dtype is no array', () => {
  const plain = frame(inputs.map(({ name }) => ({ label: name, data })));
  const masked = frame(inputs.map(({ name }) => ({ label: name, data, extension: 'boolean' })));
  expect(toFeeds(plain, inputs, [])).toHaveLength(2);
  expect(() => toFeeds(masked, inputs, [])).toThrow('is a pandas boolean column');
  const [one] = toFeeds(masked, inputs.slice(0, 1), []);
  expect(one?.array.data.dtype).toBe('object');
});
