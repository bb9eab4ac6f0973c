/**
 * Tensors without elements. Kernels of onnxruntime 1.30 divide by their sizes, which ends the process: TopK,
 * Conv and the recurrent ones among them. What was found by giving every operation of ONNX's own tests empty
 * inputs stands here.
 */
import type { Constants } from './constants.ts';
import { notNative } from './invalid-model-file.ts';
import type { OnnxGraph, OnnxModel, OnnxNode } from './onnx-model.ts';
import { bodiesOf, everyNode } from './walk-graph.ts';

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Operations of ONNX that take empty tensors without harm. */
const onnxOperations = names(`
  Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh BatchNormalization BitwiseAnd BitwiseNot
  BitwiseOr BitwiseXor Cast CastLike Ceil Clip Concat Constant ConstantOfShape Cos Cosh CumSum Div
  Dropout Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm Greater
  GreaterOrEqual HardSigmoid HardSwish Hardmax Identity If IsInf IsNaN LayerNormalization LeakyRelu
  Less LessOrEqual Log LogSoftmax Loop MatMul Max Mean Min Mish Mod Mul Neg Not Or PRelu Pad Pow Range
  Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
  ReduceSum ReduceSumSquare Relu Reshape Round Scan ScatterElements ScatterND Selu Shape Shrink Sigmoid
  Sign Sin Sinh Size Slice Softmax Softplus Softsign Split Sqrt Squeeze StringConcat StringNormalizer
  Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile Transpose Unsqueeze Where Xor
`);

/** The same of classical machine learning. */
const learningOperations = names(`
  ArrayFeatureExtractor Binarizer FeatureVectorizer Imputer LabelEncoder LinearClassifier
  LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble
  TreeEnsembleClassifier TreeEnsembleRegressor ZipMap
`);

/** Operations whose output may be empty though no input is. */
const makers = names('Compress NonMaxSuppression NonZero Unique');

/** Operations that make an empty tensor of constant sizes with a zero → the input with the sizes. */
const sizedMakers: Readonly<Record<string, number>> = {
  ConstantOfShape: 0,
  Expand: 1,
  Split: 1,
  Tile: 1,
  Resize: 3,
};

/** Operations that take their sizes, axes or bounds as inputs: only the first one is data. */
const sizedOperations = names(
  'Expand Pad Reshape Resize Slice Split Squeeze Tile Unsqueeze Upsample ReduceMax ReduceMean ReduceMin ReduceSum',
);

/** True where a call may give the model inputs without elements. */
export function acceptsEmptyInputs(model: OnnxModel): boolean {
  const found = new Set<string>();
  for (const node of everyNode(model)) {
    if (isFragile(node)) return false;
    found.add(node.opType);
  }
  // Of these the library makes an attention kernel, which divides.
  const isTransformer =
    found.has('Softmax') &&
    found.has('MatMul') &&
    (found.has('LayerNormalization') || found.has('ReduceMean'));
  return !isTransformer && model.functions.length === 0;
}

/**
 * Refuses models where an operation that ends the process may be given an empty tensor by another one.
 * @throws MODEL_NOT_NATIVE
 */
export function checkEmptyTensors(model: OnnxModel, constants: Constants): void {
  const suspects = new Set<string>();
  visitGraph(model.graph, constants, suspects);
  for (const { nodes, domain, name } of model.functions) {
    if (nodes.some(isFragile) && nodes.some((node) => makesEmpty(node, constants)))
      throw endsProcess(`of the function ${domain}.${name}`);
  }
}

/** Names of tensors that may be empty grow along the order of the nodes. */
function visitGraph(graph: OnnxGraph, constants: Constants, suspects: Set<string>): boolean {
  let found = false;
  for (const node of graph.nodes) {
    let isSuspect =
      makesEmpty(node, constants) ||
      dataInputs(node).some((name) => suspects.has(name) || constants.isEmpty(name));
    if (isSuspect && isFragile(node)) throw endsProcess(node.opType);
    for (const body of bodiesOf(node)) {
      if (isSuspect) for (const { name } of body.inputs) suspects.add(name);
      if (visitGraph(body, constants, suspects)) isSuspect = true;
    }
    if (!isSuspect) continue;
    found = true;
    for (const name of node.outputs) suspects.add(name);
  }
  return found;
}

function isFragile({ domain, opType }: OnnxNode): boolean {
  if (domain === '') return !onnxOperations.has(opType) && !makers.has(opType);
  return domain !== 'ai.onnx.ml' || !learningOperations.has(opType);
}

function dataInputs({ domain, opType, inputs }: OnnxNode): readonly string[] {
  if (domain !== '') return inputs;
  if (opType === 'ConstantOfShape') return [];
  return sizedOperations.has(opType) ? inputs.slice(0, 1) : inputs;
}

function makesEmpty(node: OnnxNode, constants: Constants): boolean {
  if (node.domain !== '') return false;
  if (makers.has(node.opType)) return true;
  if (node.opType === 'Slice') return mayBeEmptySlice(node, constants);
  const input = sizedMakers[node.opType];
  return (
    input !== undefined &&
    constants.numbers(node.inputs[input] ?? '').some((sizes) => sizes.includes(0))
  );
}

/** A slice between bounds that are computed, or that leave nothing between them. */
function mayBeEmptySlice(node: OnnxNode, constants: Constants): boolean {
  const [, starts, ends] = node.inputs;
  if (starts === undefined || ends === undefined) return false;
  if (!constants.has(starts) || !constants.has(ends)) return true;
  return constants
    .numbers(starts)
    .some((from) =>
      constants
        .numbers(ends)
        .some((to) => from.some((start, i) => isNothing(start, to[i] ?? start))),
    );
}

function isNothing(start: number, end: number): boolean {
  return start === end || (start >= 0 && end >= 0 && start > end);
}

function endsProcess(operation: string): Error {
  return notNative(
    `its operation ${operation} may be given a tensor without elements, which ends the process in this onnxruntime`,
  );
}
