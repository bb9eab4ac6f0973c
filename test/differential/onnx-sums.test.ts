/** ONNX models of sums: linear ones and small networks by our own code against onnxruntime itself, to the last bit. */
import { describe, expect, it } from 'vitest';
import { Constants } from '../../src/flavors/onnx/constants.ts';
import { readInterface } from '../../src/flavors/onnx/model-interface.ts';
import { OnnxSession } from '../../src/flavors/onnx/onnx-session.ts';
import { findOwnGraph, type OwnGraph } from '../../src/flavors/onnx/own/find-own-graph.ts';
import { OwnSession } from '../../src/flavors/onnx/own/own-session.ts';
import { parseModel } from '../../src/flavors/onnx/parse-model.ts';
import type { TensorParts } from '../../src/flavors/onnx/to-tensor.ts';
import { textField, integerField } from '../../src/flavors/onnx/write-fields.ts';
import {
  attribute,
  float,
  floats,
  floatTensor,
  int64,
  int64Tensor,
  ints,
  modelOf,
  nodeOf,
  texts,
  string,
  valueOf,
} from '../trees/onnx-file.ts';
import { SeededNumbers } from '../trees/random-ensembles.ts';
import { plainOutputs } from './plain-outputs.ts';

const signal = new AbortController().signal;
const ml = 'ai.onnx.ml';

/** Numbers of many sizes, some of them zero. */
function number(random: SeededNumbers): number {
  if (random.below(12) === 0) return 0;
  return Math.fround((random.next() - 0.5) * 10 ** (random.below(6) - 3));
}

function list(random: SeededNumbers, length: number): readonly number[] {
  return Array.from({ length }, () => number(random));
}

/** A file and the width of its input. */
interface Drawn {
  readonly file: Uint8Array;
  readonly width: number;
}

function linearRegressor(random: SeededNumbers): Drawn {
  const [width, targets] = [1 + random.below(40), 1 + random.below(9)];
  const node = nodeOf({
    opType: 'LinearRegressor',
    inputs: ['S'],
    outputs: ['Y'],
    domain: ml,
    attributes: [
      floats('coefficients', list(random, width * targets)),
      ...(random.below(4) === 0 ? [] : [floats('intercepts', list(random, targets))]),
      attribute('targets', 2, [integerField(3, targets)]),
    ],
  });
  const nodes = [scalerOf(random, width), node];
  const outputs = [valueOf('Y', float, [null, targets])];
  return { file: modelOf({ nodes, featureCount: width, outputs }), width };
}

function scalerOf(random: SeededNumbers, width: number): Uint8Array {
  return nodeOf({
    opType: 'Scaler',
    inputs: ['X'],
    outputs: ['S'],
    domain: ml,
    attributes: [floats('offset', list(random, width)), floats('scale', list(random, width))],
  });
}

function linearClassifier(random: SeededNumbers, seed: number): Drawn {
  const [width, classes] = [1 + random.below(30), 2 + (seed % 4)];
  const transforms = ['NONE', 'LOGISTIC', 'SOFTMAX_ZERO', classes < 5 ? 'SOFTMAX' : 'LOGISTIC'];
  const labels = Array.from({ length: classes }, (_, at) => at * 3);
  const areTexts = random.below(2) === 0;
  const classifier = nodeOf({
    opType: 'LinearClassifier',
    inputs: ['X'],
    outputs: ['raw-label', 'scores'],
    domain: ml,
    attributes: [
      floats('coefficients', list(random, width * classes)),
      floats('intercepts', list(random, classes)),
      areTexts
        ? texts('classlabels_strings', labels.map(String))
        : ints('classlabels_ints', labels),
      attribute('post_transform', 3, [textField(4, transforms[random.below(4)]!)]),
    ],
  });
  const label = nodeOf({ opType: 'Identity', inputs: ['raw-label'], outputs: ['label'] });
  const normalizer = nodeOf({
    opType: 'Normalizer',
    inputs: ['scores'],
    outputs: ['Y'],
    domain: ml,
    attributes: [attribute('norm', 3, [textField(4, 'L1')])],
  });
  const outputs = [
    valueOf('label', areTexts ? string : int64, [null]),
    valueOf('Y', float, [null, classes]),
  ];
  const nodes = [classifier, label, normalizer];
  return { file: modelOf({ nodes, featureCount: width, outputs }), width };
}

/** Layers of MatMul and Add, or Gemm with the matrix either way, and a function behind each. */
function network(random: SeededNumbers): Drawn {
  const width = 1 + random.below(random.below(3) === 0 ? 250 : 20);
  const nodes: Uint8Array[] = [];
  const initializers = [int64Tensor('shape', [2], [0, 0])].slice(1);
  let [last, size] = ['X', width];
  for (let layer = 0; layer <= random.below(3); layer++) {
    const hidden = 1 + random.below(20);
    const values = list(random, size * hidden);
    const isTurned = random.below(2) === 0;
    const dims = isTurned ? [hidden, size] : [size, hidden];
    initializers.push(floatTensor(`w${layer}`, dims, values));
    initializers.push(floatTensor(`b${layer}`, [1, hidden], list(random, hidden)));
    if (isTurned) {
      const attributes = [attribute('transB', 2, [integerField(3, 1)])];
      const inputs = [last, `w${layer}`, `b${layer}`];
      nodes.push(nodeOf({ opType: 'Gemm', inputs, outputs: [`s${layer}`], attributes }));
    } else {
      const product = `p${layer}`;
      nodes.push(nodeOf({ opType: 'MatMul', inputs: [last, `w${layer}`], outputs: [product] }));
      nodes.push(nodeOf({ opType: 'Add', inputs: [product, `b${layer}`], outputs: [`s${layer}`] }));
    }
    const opType = random.pick(['Relu', 'Sigmoid', 'Tanh', 'Identity']);
    nodes.push(nodeOf({ opType, inputs: [`s${layer}`], outputs: [`a${layer}`] }));
    [last, size] = [`a${layer}`, hidden];
  }
  initializers.push(int64Tensor('shape', [2], [-1, size]));
  nodes.push(nodeOf({ opType: 'Reshape', inputs: [last, 'shape'], outputs: ['Y'] }));
  const outputs = [valueOf('Y', float, [null, size])];
  return { file: modelOf({ nodes, initializers, featureCount: width, outputs }), width };
}

function graphOf(file: Uint8Array): OwnGraph {
  const model = parseModel(file);
  const graph = findOwnGraph(model, readInterface(model), new Constants(model));
  if (graph === null) throw new Error('the model is not taken');
  return graph;
}

function libraryOf(file: Uint8Array, { outputs }: OwnGraph, threads: number): OnnxSession {
  const options = { logSeverityLevel: 4, intraOpNumThreads: threads, extra: {} };
  const providers = { usable: [], missing: [] };
  const outputNames = outputs.map(({ name }) => name);
  return new OnnxSession({ file, options, providers }, { outputNames, reload: null });
}

function rowsOf(random: SeededNumbers, rowCount: number, width: number): TensorParts {
  const data = Float32Array.from({ length: rowCount * width }, () => number(random));
  return { type: 'float32', data, dims: [rowCount, width] };
}

const kinds = {
  'linear regressor': linearRegressor,
  'linear classifier': linearClassifier,
  network,
};

describe.each(Object.entries(kinds))('an ONNX %s', (_kind, draw) => {
  it.each([1, 2, 3])('has the bits of onnxruntime with %d threads', async (threads) => {
    let [answered, asked] = [0, 0];
    for (let seed = 0; seed < 25; seed++) {
      const random = new SeededNumbers(1000 * threads + seed);
      const { file, width } = draw(random, seed);
      const graph = graphOf(file);
      const library = libraryOf(file, graph, threads);
      const session = new OwnSession(graph, { asIf: threads, own: 1 });
      for (const rowCount of [1, 2, 3, 7, 8, 9, 16, 50, 300]) {
        if (rowCount > (graph.mostRows ?? 0)) continue;
        const feeds = { X: rowsOf(random, rowCount, width) };
        const own = await session.run(feeds, signal);
        asked += 1;
        if (own === null) continue;
        answered += 1;
        expect(plainOutputs(own), `seed ${seed}, ${rowCount} rows`).toEqual(
          plainOutputs(await library.run(feeds, signal)),
        );
      }
      await library.close();
    }
    expect(asked).toBeGreaterThan(50);
    expect(answered / asked).toBeGreaterThan(0.9);
  });
});
