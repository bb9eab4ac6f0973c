import { describe, expect, it } from 'vitest';
import type { Outputs } from '../to-answer.ts';
import type { TensorParts } from '../to-tensor.ts';
import { beginWithOwn } from './begin-with-own.ts';
import type { OwnGraph } from './find-own-graph.ts';
import { OwnSession } from './own-session.ts';

const { signal } = new AbortController();

/** Doubles every element, and is unsure of 7. */
const graph: OwnGraph = {
  inputName: 'X',
  inputWidth: 2,
  outputs: [{ name: 'Y', shape: { type: 'float32', width: 2 } }],
  mostRows: 4,
  steps: [
    {
      inputs: ['X'],
      outputs: [{ name: 'Y', shape: { type: 'float32', width: 2 } }],
      mostRows: 4,
      open: () => ({
        run: ([rows]) => {
          const values = rows as Float32Array;
          return values.includes(7) ? null : [values.map((value) => value * 2)];
        },
      }),
    },
  ],
};

/** What onnxruntime would do, and how often it was asked. */
function libraryOf(factor: number) {
  const library = {
    calls: 0,
    run: (feeds: Readonly<Record<string, TensorParts>>): Outputs => {
      library.calls += 1;
      const { data, dims } = feeds['X'] as TensorParts;
      return { Y: { type: 'float32', dims, data: (data as Float32Array).map((x) => x * factor) } };
    },
  };
  return library;
}

async function begin(factor: number) {
  const library = libraryOf(factor);
  const session = new OwnSession(graph, { asIf: 1, own: 1 });
  const chosen = await beginWithOwn({ graph, session }, library);
  library.calls = 0;
  const run = async (...rows: readonly number[]): Promise<readonly unknown[]> => {
    const data = Float32Array.from(rows);
    const dims = [rows.length / 2, 2];
    const { Y } = await chosen.run({ X: { type: 'float32', data, dims } }, signal);
    return Array.from<unknown>(Y!.data);
  };
  return { library, run };
}

describe('a graph of our own', () => {
  it('answers alone where it has the bits of onnxruntime', async () => {
    const { library, run } = await begin(2);
    expect(await run(1, 2, 3, 4)).toEqual([2, 4, 6, 8]);
    expect(library.calls).toBe(0);
  });

  it('leaves what it is unsure of, many rows and none to onnxruntime', async () => {
    const { library, run } = await begin(2);
    expect(await run(7, 1)).toEqual([14, 2]);
    expect(await run(...Array.from({ length: 10 }, () => 1))).toHaveLength(10);
    expect(await run()).toEqual([]);
    expect(library.calls).toBe(3);
  });

  it('is not used where onnxruntime has other bits', async () => {
    const { library, run } = await begin(2 + 2 ** -20);
    expect(await run(1, 2)).toEqual([2 + 2 ** -20, 4 + 2 ** -19]);
    expect(library.calls).toBe(1);
  });
});
