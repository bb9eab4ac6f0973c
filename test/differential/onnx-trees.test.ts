/** ONNX models of trees alone: the kernel against onnxruntime itself, to the last bit, for every number of threads. */
import { describe, expect, it } from 'vitest';
import { readInterface } from '../../src/flavors/onnx/model-interface.ts';
import { OnnxSession } from '../../src/flavors/onnx/onnx-session.ts';
import { parseModel } from '../../src/flavors/onnx/parse-model.ts';
import type { Outputs } from '../../src/flavors/onnx/to-answer.ts';
import type { TensorParts } from '../../src/flavors/onnx/to-tensor.ts';
import { findTreeEnsemble } from '../../src/flavors/onnx/tree-ensemble/find-tree-ensemble.ts';
import { TreeSession } from '../../src/flavors/onnx/tree-ensemble/tree-session.ts';
import { onnxEnsemble } from '../trees/onnx-ensemble.ts';
import { drawEnsemble, SeededNumbers } from '../trees/random-ensembles.ts';

const signal = new AbortController().signal;
const featureCount = 5;
const shapes = [
  { treeCount: 1, outputCount: 1 },
  { treeCount: 2, outputCount: 1 },
  { treeCount: 3, outputCount: 2 },
  { treeCount: 30, outputCount: 1 },
  { treeCount: 80, outputCount: 3 },
  { treeCount: 81, outputCount: 3 },
  { treeCount: 101, outputCount: 1 },
] as const;
const cases = shapes.flatMap((shape, at) => [
  { ...shape, comparison: '<=', isMean: at % 2 === 0, hasBase: at % 3 === 0 } as const,
  { ...shape, comparison: '<', isMean: at % 2 === 1, hasBase: at % 3 !== 0 } as const,
]);

/** A random model and where further numbers come from. */
function modelOf(
  seed: number,
  { treeCount, outputCount, comparison, isMean, hasBase }: (typeof cases)[number],
) {
  const random = new SeededNumbers(seed);
  const ensemble = drawEnsemble(random, {
    thresholdType: 'float32',
    sumType: 'float32',
    comparison,
    vectorLeaves: outputCount > 1,
    categories: false,
    featureCount,
    treeCount,
    outputCount,
    splitCount: 20,
    growth: seed % 2 === 0 ? 'bushy' : 'chain',
  });
  const baseValues = hasBase ? Array.from({ length: outputCount }, () => random.next()) : [];
  return { random, file: onnxEnsemble(ensemble, { isMean, baseValues }) };
}

function rowsOf(random: SeededNumbers, rowCount: number): TensorParts {
  const odd = [NaN, Infinity, -Infinity, 0, -0, 1e-45, 3.4e38];
  const draw = (): number => (random.below(8) === 0 ? random.pick(odd) : random.next() * 4 - 2);
  const data = Float32Array.from({ length: rowCount * featureCount }, draw);
  return { type: 'float32', data, dims: [rowCount, featureCount] };
}

function bitsOf(outputs: Outputs): { dims: readonly number[]; bits: Uint32Array } {
  const { data, dims } = outputs['Y'] as TensorParts;
  return { dims, bits: new Uint32Array(new Float32Array(data as Float32Array).buffer) };
}

describe('an ONNX model of trees', () => {
  it.each(cases.map((one, seed) => ({ ...one, seed })))(
    '$treeCount trees, $outputCount outputs, $comparison, mean $isMean, base $hasBase',
    async ({ seed, ...shape }) => {
      const { random, file } = modelOf(seed, shape);
      const model = parseModel(file);
      const found = findTreeEnsemble(model, readInterface(model));
      if (found === null) throw new Error('the model is not taken for an ensemble');
      for (const threads of [1, 2, 3]) {
        const options = { logSeverityLevel: 4, intraOpNumThreads: threads, extra: {} };
        const providers = { usable: [], missing: [] };
        const library = new OnnxSession(
          { file, options, providers },
          { outputNames: ['Y'], reload: null },
        );
        const session = new TreeSession(found, { asIf: threads, own: 2 });
        for (const rowCount of [0, 1, 2, 50, 51, 300, 2500]) {
          const feeds = { X: rowsOf(random, rowCount) };
          expect(bitsOf(await session.run(feeds, signal)), `${rowCount} rows`).toEqual(
            bitsOf(await library.run(feeds, signal)),
          );
        }
        await library.close();
        await session.close();
      }
    },
  );
});
