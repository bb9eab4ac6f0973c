/** ONNX models of trees: the kernel against onnxruntime itself, to the last bit, for every number of threads. */
import { describe, expect, it } from 'vitest';
import { Constants } from '../../src/flavors/onnx/constants.ts';
import { readInterface } from '../../src/flavors/onnx/model-interface.ts';
import { OnnxSession } from '../../src/flavors/onnx/onnx-session.ts';
import { findOwnGraph, type OwnGraph } from '../../src/flavors/onnx/own/find-own-graph.ts';
import { OwnSession } from '../../src/flavors/onnx/own/own-session.ts';
import { parseModel } from '../../src/flavors/onnx/parse-model.ts';
import type { TensorParts } from '../../src/flavors/onnx/to-tensor.ts';
import type { TreeEnsemble } from '../../src/trees/tree-ensemble.ts';
import { onnxClassifier, onnxEnsemble } from '../trees/onnx-ensemble.ts';
import { drawEnsemble, SeededNumbers } from '../trees/random-ensembles.ts';
import { plainOutputs } from './plain-outputs.ts';

const signal = new AbortController().signal;
const featureCount = 5;

/** Both runs of random rows, for several numbers of rows and threads. */
async function compare(file: Uint8Array, random: SeededNumbers): Promise<void> {
  const graph = graphOf(file);
  if (graph === null) throw new Error('the model is not taken');
  const outputNames = graph.outputs.map(({ name }) => name);
  for (const threads of [1, 2, 3]) {
    const options = { logSeverityLevel: 4, intraOpNumThreads: threads, extra: {} };
    const providers = { usable: [], missing: [] };
    const library = new OnnxSession({ file, options, providers }, { outputNames, reload: null });
    const session = new OwnSession(graph, { asIf: threads, own: 2 });
    for (const rowCount of [0, 1, 2, 50, 51, 300, 2500]) {
      const feeds = { X: rowsOf(random, rowCount) };
      expect(plainOutputs((await session.run(feeds, signal)) ?? {}), `${rowCount} rows`).toEqual(
        plainOutputs(await library.run(feeds, signal)),
      );
    }
    await library.close();
    await session.close();
  }
}

function graphOf(file: Uint8Array): OwnGraph | null {
  const model = parseModel(file);
  return findOwnGraph(model, readInterface(model), new Constants(model));
}

function rowsOf(random: SeededNumbers, rowCount: number): TensorParts {
  const odd = [NaN, Infinity, -Infinity, 0, -0, 1e-45, 3.4e38];
  const draw = (): number => (random.below(8) === 0 ? random.pick(odd) : random.next() * 4 - 2);
  const data = Float32Array.from({ length: rowCount * featureCount }, draw);
  return { type: 'float32', data, dims: [rowCount, featureCount] };
}

interface Shape {
  readonly treeCount: number;
  readonly outputCount: number;
  readonly vectorLeaves: boolean;
  readonly comparison?: '<' | '<=';
}

function drawTrees(random: SeededNumbers, { treeCount, comparison = '<=', ...shape }: Shape) {
  return drawEnsemble(random, {
    thresholdType: 'float32',
    sumType: 'float32',
    comparison,
    categories: false,
    featureCount,
    treeCount,
    splitCount: 20,
    growth: treeCount % 2 === 0 ? 'bushy' : 'chain',
    ...shape,
  });
}

const shapes = [
  { treeCount: 1, outputCount: 1 },
  { treeCount: 2, outputCount: 1 },
  { treeCount: 3, outputCount: 2 },
  { treeCount: 30, outputCount: 1 },
  { treeCount: 80, outputCount: 3 },
  { treeCount: 81, outputCount: 3 },
  { treeCount: 101, outputCount: 1 },
] as const;
const regressors = shapes.flatMap((shape, at) => [
  {
    ...shape,
    comparison: '<=',
    isMean: at % 2 === 0,
    hasBase: at % 3 === 0,
    ofOne: false,
  } as const,
  { ...shape, comparison: '<', isMean: at % 2 === 1, hasBase: at % 3 !== 0, ofOne: true } as const,
]);

describe('an ONNX regressor of trees', () => {
  it.each(regressors.map((one, seed) => ({ ...one, seed })))(
    '$treeCount trees, $outputCount outputs, $comparison, mean $isMean, base $hasBase, one output a tree $ofOne',
    async ({ seed, isMean, hasBase, ofOne, ...shape }) => {
      const random = new SeededNumbers(seed);
      const ensemble = drawTrees(random, {
        ...shape,
        vectorLeaves: !ofOne && shape.outputCount > 1,
      });
      const { outputCount } = shape;
      const baseValues = hasBase ? Array.from({ length: outputCount }, () => random.next()) : [];
      await compare(onnxEnsemble(ensemble, { isMean, baseValues }), random);
    },
  );
});

/** Labels, outputs of the ensemble and the class of each, and base values that are taken. */
const kinds = [
  { kind: 'weights of the first of two', labels: [3, 1], outputs: [0], bases: [0, 1] },
  { kind: 'weights of the second of two', labels: ['no', 'ünï'], outputs: [1], bases: [0, 1] },
  { kind: 'weights of both', labels: [4, 7], outputs: [0, 1], bases: [0, 1] },
  { kind: 'weights of both texts', labels: ['b', 'a'], outputs: [0, 1], bases: [0, 1] },
  { kind: 'three classes', labels: [9, 2, 0], outputs: [0, 1, 2], bases: [0, 3] },
  {
    kind: 'five classes',
    labels: ['', 'a', 'b', 'c', 'd'],
    outputs: [0, 1, 2, 3, 4],
    bases: [0, 5],
  },
] as const;
const transforms = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO'];
const classifiers = kinds.flatMap((kind, at) =>
  transforms.map((transform, which) => ({
    ...kind,
    transform,
    seed: 10 * at + which,
    treeCount: [7, 30, 81, 100][(at + which) % 4]!,
    vectorLeaves: (at + which) % 2 === 0,
    isPositive: which % 2 === 0 ? at % 2 === 0 : at % 2 === 1,
    bases: kind.bases[(at + which) % 2]!,
    normalizes: (at + which) % 3 === 0,
  })),
);

/** Leaves as small as those of classifiers, all of one sign where wanted. */
function withSmallLeaves(ensemble: TreeEnsemble, isPositive: boolean): TreeEnsemble {
  const small = (value: number): number => (isPositive ? Math.abs(value) : value) / 1e4;
  const trees = ensemble.trees.map((tree) => ({ ...tree, leafValue: tree.leafValue.map(small) }));
  return { ...ensemble, trees };
}

describe('an ONNX classifier of trees', () => {
  it.each(classifiers)(
    '$kind, $transform, $treeCount trees, positive $isPositive, $bases base values, lists of classes $vectorLeaves',
    async ({ seed, labels, outputs, transform, bases, isPositive, treeCount, ...rest }) => {
      const random = new SeededNumbers(seed);
      const outputCount = outputs.length;
      const shape = { treeCount, outputCount, vectorLeaves: rest.vectorLeaves && outputCount > 1 };
      const ensemble = withSmallLeaves(drawTrees(random, shape), isPositive);
      const baseValues = Array.from({ length: bases }, () => random.next() - 0.5);
      const file = onnxClassifier(ensemble, {
        labels,
        baseValues,
        transform,
        classOf: (output) => outputs[output]!,
        keeps: () => true,
        normalizes: rest.normalizes,
      });
      await compare(file, random);
    },
  );

  it('is left to onnxruntime where rows may lack a weight of a class', () => {
    const random = new SeededNumbers(5);
    const ensemble = drawTrees(random, { treeCount: 4, outputCount: 3, vectorLeaves: true });
    const settings = { labels: [0, 1, 2], baseValues: [], transform: 'NONE', normalizes: false };
    const fileOf = (keeps: (weight: number) => boolean): Uint8Array =>
      onnxClassifier(ensemble, { ...settings, classOf: (output) => output, keeps });
    expect(graphOf(fileOf(() => true))).not.toBeNull();
    expect(graphOf(fileOf((weight) => weight > 0))).toBeNull();
  });

  it('is left to onnxruntime with base values or a transform that are not known to the bit', () => {
    const random = new SeededNumbers(6);
    const ensemble = drawTrees(random, { treeCount: 4, outputCount: 1, vectorLeaves: false });
    const settings = { labels: [0, 1], classOf: () => 0, keeps: () => true, normalizes: false };
    const graphWith = (baseValues: readonly number[], transform: string): OwnGraph | null =>
      graphOf(onnxClassifier(ensemble, { ...settings, baseValues, transform }));
    expect(graphWith([0.5], 'NONE')).not.toBeNull();
    expect(graphWith([0.5, 0.25], 'NONE')).toBeNull();
    expect(graphWith([0.5], 'PROBIT')).toBeNull();
  });
});
