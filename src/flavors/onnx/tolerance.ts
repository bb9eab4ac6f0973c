import type { LoadedModel } from './load-model.ts';
import { everyNode } from './walk-graph.ts';

/** Relative differences that `support` states for sums of floats. */
export const sumTolerances: { readonly float32: number; readonly float64: number } = {
  float32: 1e-5,
  float64: 1e-12,
};

/**
 * Operations that compute each element on its own, compare, or only move data: exact. All others may add floats up
 * in an order that depends on the CPU and on the number of threads.
 */
const withoutSums: ReadonlySet<string> = new Set(
  `Abs Add And ArgMax ArgMin ArrayFeatureExtractor Binarizer BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast
  CastLike CastMap Ceil Clip Compress Concat ConcatFromSequence Constant ConstantOfShape DepthToSpace DictVectorizer Div
  Equal Expand EyeLike FeatureVectorizer Flatten Floor Gather GatherElements GatherND Greater GreaterOrEqual Hardmax
  Identity If Imputer IsInf IsNaN LabelEncoder LeakyRelu Less LessOrEqual Loop Max MaxPool Min Mod Mul Neg NonZero Not
  OneHot OneHotEncoder Or PRelu Pad Range Reciprocal ReduceMax ReduceMin Relu Reshape ReverseSequence Round Scaler Scan
  ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceInsert SequenceLength Shape Sign Size
  Slice SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer Sub Tile TopK Transpose Trilu
  Unique Unsqueeze Upsample Where Xor ZipMap`.split(/\s+/),
);

const double = 11;

/** Largest relative difference from MLflow's answer: 0 where no operation adds floats up. */
export function toleranceOf({ model, interface: { inputs } }: LoadedModel): number {
  const nodes = Array.from(everyNode(model));
  const own = new Set(model.functions.map(({ name }) => name));
  if (nodes.every(({ opType }) => withoutSums.has(opType) || own.has(opType))) return 0;
  const values = [...inputs, ...model.graph.outputs];
  const isDouble =
    values.every(({ type }) => type.kind === 'tensor' && type.elementType === double) &&
    !nodes.some(({ opType }) => opType.startsWith('Cast'));
  return isDouble ? sumTolerances.float64 : sumTolerances.float32;
}
