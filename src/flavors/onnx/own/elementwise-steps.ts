/** Operations on each element by itself: with a constant row, by a function, or by scale and offset. */
import { readFloats } from '../attribute-values.ts';
import type { OnnxNode } from '../onnx-model.ts';
import { constantRow } from './constant-matrices.ts';
import { mlasLogistic, mlasTanh } from './mlas-functions.ts';
import type { PlannedStep, StepContext, StepReader } from './own-step.ts';

/** Computes rows, rounding to float32 by storing. */
type RowFunction = (from: Float32Array, into: Float32Array, width: number) => void;

/** Add of a constant row. */
export const readAdd: StepReader = (node, context) =>
  withConstant(node, context, (row) => (from, into, width) => {
    for (let at = 0; at < from.length; at += width)
      for (let k = 0; k < width; k++) into[at + k] = from[at + k]! + row[k]!;
  });

/** Sub of a constant row. */
export const readSub: StepReader = (node, context) =>
  withConstant(node, context, (row) => (from, into, width) => {
    for (let at = 0; at < from.length; at += width)
      for (let k = 0; k < width; k++) into[at + k] = from[at + k]! - row[k]!;
  });

/** Mul by a constant row. */
export const readMul: StepReader = (node, context) =>
  withConstant(node, context, (row) => (from, into, width) => {
    for (let at = 0; at < from.length; at += width)
      for (let k = 0; k < width; k++) into[at + k] = from[at + k]! * row[k]!;
  });

function withConstant(
  node: OnnxNode,
  context: StepContext,
  make: (row: Float32Array) => RowFunction,
): PlannedStep | null {
  const width = context.shapeOf(node.inputs[0])?.width ?? null;
  const row = width === null ? null : constantRow(context, node.inputs[1], width);
  if (node.domain !== '' || node.inputs.length !== 2 || row === null) return null;
  return planRows(node, context, make(row));
}

/** Scaler. Source: onnxruntime 1.30 core/providers/cpu/ml/scaler.cc. */
export const readScaler: StepReader = (node, context) => {
  const { domain, inputs, attributes } = node;
  const width = context.shapeOf(inputs[0])?.width ?? null;
  const [scale, offset] = [attributes.get('scale'), attributes.get('offset')];
  if (domain !== 'ai.onnx.ml' || inputs.length !== 1 || width === null) return null;
  if (scale === undefined || offset === undefined || attributes.size !== 2) return null;
  const [scales, offsets] = [readFloats(scale), readFloats(offset)];
  if (scales.length !== width || offsets.length !== width) return null;
  return planRows(node, context, (from, into) => {
    for (let at = 0; at < from.length; at += width)
      for (let k = 0; k < width; k++)
        into[at + k] = Math.fround(from[at + k]! - offsets[k]!) * scales[k]!;
  });
};

/** Elements of which a function in JavaScript takes no longer than onnxruntime's. */
const mostElements = 512;

/** Relu: a zero keeps its sign. */
export const readRelu: StepReader = (node, context) =>
  withFunction(node, context, (from, into) => {
    for (let at = 0; at < from.length; at++) into[at] = from[at]! < 0 ? 0 : from[at]!;
  });

/** Sigmoid. */
export const readSigmoid: StepReader = (node, context) =>
  withFunction(node, context, (from, into) => {
    for (let at = 0; at < from.length; at++) into[at] = mlasLogistic(from[at]!);
  });

/** Tanh. */
export const readTanh: StepReader = (node, context) =>
  withFunction(node, context, (from, into) => {
    for (let at = 0; at < from.length; at++) into[at] = mlasTanh(from[at]!);
  });

/** What becomes of NaN is left to onnxruntime. */
function withFunction(
  node: OnnxNode,
  context: StepContext,
  compute: RowFunction,
): PlannedStep | null {
  const width = context.shapeOf(node.inputs[0])?.width ?? 0;
  if (node.domain !== '' || node.inputs.length !== 1 || width < 1) return null;
  const planned = planRows(node, context, compute, hasNaN);
  return planned && { ...planned, mostRows: Math.floor(mostElements / width) };
}

function planRows(
  { inputs, outputs }: OnnxNode,
  { shapeOf }: StepContext,
  compute: RowFunction,
  refuses: (from: Float32Array) => boolean = () => false,
): PlannedStep | null {
  const shape = shapeOf(inputs[0]);
  const [name] = outputs;
  if (shape?.type !== 'float32' || shape.width === null || name === undefined) return null;
  const { width } = shape;
  return {
    inputs: inputs.slice(0, 1),
    outputs: [{ name, shape }],
    open: (_options, { mayOverwrite }) => ({
      run: ([values]) => {
        const from = values as Float32Array;
        if (refuses(from)) return null;
        const into = mayOverwrite ? from : new Float32Array(from.length);
        compute(from, into, width);
        return [into];
      },
    }),
  };
}

function hasNaN(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) if (values[at] !== values[at]) return true;
  return false;
}
