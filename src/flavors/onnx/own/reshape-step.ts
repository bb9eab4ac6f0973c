/** A Reshape that leaves rows as they are: converters put it behind a last column. */
import { decodeTensor } from '../decode-tensor.ts';
import type { StepReader } from './own-step.ts';

/** Reshape to [-1, width]. */
export const readReshape: StepReader = ({ domain, inputs, outputs, attributes }, context) => {
  const shape = context.shapeOf(inputs[0]);
  const tensor = context.constants.initializer(inputs[1] ?? '');
  const [name] = outputs;
  if (domain !== '' || shape === undefined || shape.width === null || name === undefined)
    return null;
  const sizes = tensor === undefined ? null : decodeTensor(tensor);
  if (attributes.size > 0 || sizes?.type !== 'int64') return null;
  const [rows, width] = sizes.data as BigInt64Array;
  if (sizes.data.length !== 2 || rows !== -1n || width !== BigInt(shape.width)) return null;
  return {
    inputs: inputs.slice(0, 1),
    outputs: [{ name, shape }],
    isCopy: true,
    open: () => ({ run: (values) => values }),
  };
};
