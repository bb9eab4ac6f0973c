import { describe, expect, it } from 'vitest';
import { InputTensors } from './input-tensors.ts';
import type { Tensor, TensorValues } from './load-runtime.ts';
import type { TensorParts } from './to-tensor.ts';

/** As the library's: it keeps the array that it is given. */
class FakeTensor implements Tensor {
  readonly type: Tensor['type'];
  readonly data: TensorValues;
  readonly dims: readonly number[];

  constructor(type: Tensor['type'], data: TensorValues, dims: readonly number[]) {
    this.type = type;
    this.data = data;
    this.dims = dims;
  }
}

function floats(values: readonly number[], dims: readonly number[]): TensorParts {
  return { type: 'float32', data: Float32Array.from(values), dims };
}

const makeInputs = (outputNames: readonly string[] = []): InputTensors =>
  new InputTensors({ Tensor: FakeTensor, outputNames });

describe('InputTensors', () => {
  it('fills the same tensors again, and leaves the arrays that it was given alone', () => {
    const inputs = makeInputs();
    const first = { a: floats([1, 2], [1, 2]) };
    const tensors = inputs.load(first);
    expect(tensors['a']).toMatchObject(first.a);
    const second = { a: floats([3, 4], [1, 2]) };
    expect(inputs.load(second)).toBe(tensors);
    expect(tensors['a']).toMatchObject(second.a);
    expect(first.a.data).toEqual(Float32Array.of(1, 2));
  });

  it.each<[string, Record<string, TensorParts>]>([
    ['shape', { a: floats([5, 6], [2, 1]), b: floats([7], [1]) }],
    ['number of dimensions', { a: floats([5, 6], [2]), b: floats([7], [1]) }],
    ['length', { a: floats([5], [1, 2]), b: floats([7], [1]) }],
    [
      'type',
      {
        a: { type: 'int32', data: Int32Array.of(5, 6), dims: [1, 2] },
        b: floats([7], [1]),
      },
    ],
    ['input less', { a: floats([5, 6], [1, 2]) }],
    ['input more', { a: floats([5, 6], [1, 2]), b: floats([7], [1]), c: floats([8], [1]) }],
  ])('makes new tensors for another %s', (_, other) => {
    const inputs = makeInputs();
    const tensors = inputs.load({ a: floats([1, 2], [1, 2]), b: floats([3], [1]) });
    const others = inputs.load(other);
    expect(others).not.toBe(tensors);
    expect(others).toEqual(
      Object.fromEntries(
        Object.entries(other).map(([name, { type, data, dims }]) => [
          name,
          new FakeTensor(type, data, dims),
        ]),
      ),
    );
  });

  it.each<[string, Record<string, TensorParts>]>([
    ['text', { a: { type: 'string', data: ['x'], dims: [1] }, b: floats([1], [1]) }],
    ['many elements', { a: floats(Array<number>(5000).fill(1), [5000]) }],
    ['an input that is an output', { out: floats([1], [1]) }],
  ])('keeps nothing of %s', (_, feeds) => {
    const inputs = makeInputs(['out']);
    const tensors = inputs.load(feeds);
    const again = inputs.load(feeds);
    expect(again).not.toBe(tensors);
    expect(again).toEqual(tensors);
  });

  it('keeps no tensor whose values the library has copied', () => {
    class Copying extends FakeTensor {
      constructor(type: Tensor['type'], data: TensorValues, dims: readonly number[]) {
        super(type, Float32Array.from(data as Float32Array), dims);
      }
    }
    const inputs = new InputTensors({ Tensor: Copying, outputNames: [] });
    const tensors = inputs.load({ a: floats([1], [1]) });
    expect(inputs.load({ a: floats([2], [1]) })).not.toBe(tensors);
  });
});
