/** Models that our own code computes to the bit: graphs of operations that stand in the table below, over one input of rows. */
import type { Constants } from '../constants.ts';
import type { ModelInterface } from '../model-interface.ts';
import type { OnnxModel } from '../onnx-model.ts';
import { readTreeClassifier } from './classifier-step.ts';
import { readCast, readIdentity, readZipMap } from './copy-steps.ts';
import {
  readAdd,
  readMul,
  readRelu,
  readScaler,
  readSigmoid,
  readSub,
  readTanh,
} from './elementwise-steps.ts';
import { readLinearClassifier, readLinearRegressor } from './linear-steps.ts';
import { readNormalizer } from './normalizer-step.ts';
import type { PlannedStep, RowShape, StepReader } from './own-step.ts';
import { readGemm, readMatMul } from './product-steps.ts';
import { readTreeRegressor } from './regressor-step.ts';
import { readReshape } from './reshape-step.ts';

/** Operations by name. A graph of nothing but these is taken. */
const readers: Readonly<Record<string, StepReader>> = {
  Add: readAdd,
  Cast: readCast,
  Gemm: readGemm,
  Identity: readIdentity,
  LinearClassifier: readLinearClassifier,
  LinearRegressor: readLinearRegressor,
  MatMul: readMatMul,
  Mul: readMul,
  Normalizer: readNormalizer,
  Relu: readRelu,
  Reshape: readReshape,
  Scaler: readScaler,
  Sigmoid: readSigmoid,
  Sub: readSub,
  Tanh: readTanh,
  TreeEnsembleClassifier: readTreeClassifier,
  TreeEnsembleRegressor: readTreeRegressor,
  ZipMap: readZipMap,
};

/** A graph of our own. */
export interface OwnGraph {
  readonly inputName: string;
  readonly inputWidth: number;
  readonly outputs: readonly { readonly name: string; readonly shape: RowShape }[];
  readonly steps: readonly PlannedStep[];
  /**
   * Most rows of a call, and a sign that the bits are those of onnxruntime only on some processors; null where there is
   * neither.
   */
  readonly mostRows: number | null;
}

const float = 1;

/** Null where anything in the model is out of the ordinary: onnxruntime then has the word. */
export function findOwnGraph(
  model: OnnxModel,
  { inputs, optionalInputs }: ModelInterface,
  constants: Constants,
): OwnGraph | null {
  const { graph, functions } = model;
  const [input] = inputs;
  const width = input?.type.shape?.[1];
  if (input === undefined || inputs.length + optionalInputs.length + functions.length > 1)
    return null;
  // An initializer that is an input too is no constant.
  if (graph.inputs.length > 1 || graph.sparseInitializers.length > 0) return null;
  if (input.type.elementType !== float || input.type.shape?.length !== 2) return null;
  if (typeof width !== 'number' || constants.has(input.name)) return null;
  const shapes = new Map<string, RowShape>([[input.name, { type: 'float32', width }]]);
  const copies = new Set([input.name]);
  const steps: PlannedStep[] = [];
  for (const node of graph.nodes) {
    const read = readers[node.opType];
    const step = read?.(node, { shapeOf: (name) => shapes.get(name ?? ''), constants }) ?? null;
    if (step === null) return null;
    for (const { name, shape } of step.outputs) {
      if (shapes.has(name)) return null;
      shapes.set(name, shape);
      if (step.isCopy === true && copies.has(step.inputs[0]!)) copies.add(name);
    }
    steps.push(step);
  }
  const outputs = graph.outputs.map(({ name }) => ({ name, shape: shapes.get(name) }));
  // An answer must not be the caller's own memory.
  if (outputs.some(({ name, shape }) => shape === undefined || copies.has(name))) return null;
  const limits = steps.flatMap(({ mostRows }) => mostRows ?? []);
  return {
    inputName: input.name,
    inputWidth: width,
    outputs: outputs as OwnGraph['outputs'],
    steps,
    mostRows: limits.length === 0 ? null : Math.floor(Math.min(...limits)),
  };
}
