/** MatMul and Gemm by a constant matrix, which onnxruntime packs when it loads the model. */
import { readFloat, readInteger } from '../attribute-values.ts';
import type { OnnxNode } from '../onnx-model.ts';
import { constantMatrix, constantRow, transposed } from './constant-matrices.ts';
import { DenseKernel, type DenseMatrix, isOrdinaryMatrix } from './dense-kernel.ts';
import { mostRowsOf } from './matrix-sizes.ts';
import type { PlannedStep, StepReader } from './own-step.ts';

/** Of more features, MLAS adds up parts, and where the bias comes in depends on what was fused. */
const mostFeatures = 256;

/** Rows times a constant. */
export const readMatMul: StepReader = (node, context) => {
  const { domain, inputs } = node;
  const shape = context.shapeOf(inputs[0]);
  const weights = constantMatrix(context, inputs[1]);
  if (domain !== '' || inputs.length !== 2 || shape?.type !== 'float32') return null;
  if (weights === null || shape.width !== weights.rows) return null;
  const { rows: depth, columns: width, values } = weights;
  return planProduct(node, { depth, width, weights: values, bias: new Float32Array(width) });
};

/** The same and a constant row. */
export const readGemm: StepReader = (node, context) => {
  const { domain, inputs, attributes } = node;
  const shape = context.shapeOf(inputs[0]);
  const stored = constantMatrix(context, inputs[1]);
  if (domain !== '' || inputs.length > 3 || shape?.type !== 'float32' || stored === null)
    return null;
  const integer = (name: string): bigint => {
    const attribute = attributes.get(name);
    return attribute === undefined ? 0n : readInteger(attribute);
  };
  const factor = (name: string): number => {
    const attribute = attributes.get(name);
    return attribute === undefined ? 1 : readFloat(attribute);
  };
  if (factor('alpha') !== 1 || factor('beta') !== 1 || integer('transA') !== 0n) return null;
  const {
    rows: depth,
    columns: width,
    values,
  } = integer('transB') === 0n ? stored : transposed(stored);
  const bias =
    inputs[2] === undefined ? new Float32Array(width) : constantRow(context, inputs[2], width);
  if (bias === null || shape.width !== depth) return null;
  return planProduct(node, { depth, width, weights: values, bias });
};

function planProduct({ inputs, outputs }: OnnxNode, matrix: DenseMatrix): PlannedStep | null {
  const [name] = outputs;
  const { depth, width } = matrix;
  const mostRows = mostRowsOf(depth, width);
  if (name === undefined || depth < 1 || depth > mostFeatures || mostRows < 1) return null;
  if (!isOrdinaryMatrix(matrix)) return null;
  return {
    inputs: inputs.slice(0, 1),
    outputs: [{ name, shape: { type: 'float32', width } }],
    mostRows,
    open: () => {
      const kernel = new DenseKernel(matrix, mostRows);
      return {
        run: ([rows], { rowCount }) => {
          const products = kernel.multiply(rows as Float32Array, rowCount);
          return products && [products];
        },
      };
    },
  };
}
