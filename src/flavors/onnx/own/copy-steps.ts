/** Operations that hand their input on: Identity, a Cast to the type that is there, a ZipMap, whose maps are made from the tensor. */
import { readInteger } from '../attribute-values.ts';
import type { OpenStep, PlannedStep, RowShape, StepReader } from './own-step.ts';

/** `TensorProto.DataType` of the types that occur. */
const elementTypes: Readonly<Record<RowShape['type'], bigint>> = {
  float32: 1n,
  int64: 7n,
  string: 8n,
};

/** Identity. */
export const readIdentity: StepReader = ({ inputs, outputs, domain }, context) =>
  domain === '' ? copyOf(inputs, outputs, context.shapeOf(inputs[0])) : null;

/** ZipMap: its output is the tensor, as in the file that onnxruntime-node is given. */
export const readZipMap: StepReader = ({ inputs, outputs, domain }, context) =>
  domain === 'ai.onnx.ml' ? copyOf(inputs, outputs, context.shapeOf(inputs[0])) : null;

/** Cast to the same type. */
export const readCast: StepReader = ({ inputs, outputs, domain, attributes }, context) => {
  const shape = context.shapeOf(inputs[0]);
  const to = attributes.get('to');
  if (domain !== '' || shape === undefined || to === undefined) return null;
  return readInteger(to) === elementTypes[shape.type] ? copyOf(inputs, outputs, shape) : null;
};

function copyOf(
  inputs: readonly string[],
  outputs: readonly string[],
  shape: RowShape | undefined,
): PlannedStep | null {
  const [name] = outputs;
  if (shape === undefined || name === undefined || inputs.length + outputs.length !== 2)
    return null;
  return { inputs, outputs: [{ name, shape }], isCopy: true, open: () => copying };
}

const copying: OpenStep = { run: (inputs) => inputs };
