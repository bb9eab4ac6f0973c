/** Normalizer by the sum of sizes. Source: onnxruntime 1.30 core/providers/cpu/ml/normalizer.cc `NormalizeL1`. */
import { readString } from '../attribute-values.ts';
import type { StepReader } from './own-step.ts';

/** Rows divided by the sum of the sizes of their elements, which is what converters put behind a classifier. */
export const readNormalizer: StepReader = (
  { domain, inputs, outputs, attributes },
  { shapeOf },
) => {
  const shape = shapeOf(inputs[0]);
  const [name] = outputs;
  const norm = attributes.get('norm');
  if (domain !== 'ai.onnx.ml' || inputs.length !== 1 || name === undefined) return null;
  if (norm === undefined || readString(norm) !== 'L1') return null;
  if (shape?.type !== 'float32' || shape.width === null) return null;
  const { width } = shape;
  const run = ([values]: readonly unknown[]): readonly [Float32Array] => [
    normalized(values as Float32Array, width),
  ];
  return { inputs, outputs: [{ name, shape }], open: () => ({ run }) };
};

function normalized(values: Float32Array, width: number): Float32Array {
  const quotients = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += width) {
    let sum = 0;
    for (let at = from; at < from + width; at++) sum = Math.fround(sum + Math.abs(values[at]!));
    const divisor = sum === 0 ? 1 : sum;
    for (let at = from; at < from + width; at++) quotients[at] = values[at]! / divisor;
  }
  return quotients;
}
