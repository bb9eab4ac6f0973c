/** Checks shape and dtype of one tensor; nothing is converted. Source: MLflow 3.17.2 models/utils.py `_enforce_tensor_spec`. */
import type { NdArray } from '../data/nd-array.ts';
import type { TensorSpec } from '../model/signature.ts';
import { describeShape } from '../model/describe-signature.ts';
import { schemaMismatch } from './schema-mismatch.ts';

/** Returns `array` itself. @throws SCHEMA_ENFORCEMENT_FAILED */
export function enforceTensor(array: NdArray, spec: TensorSpec): NdArray {
  if (takesAnything(spec) || isRagged(array, spec)) return array;
  const { shape } = array;
  const fits =
    shape.length === spec.shape.length &&
    spec.shape.every((expected, axis) => expected === -1 || expected === shape[axis]);
  if (!fits) {
    throw schemaMismatch(
      `Shape of input ${describeShape(shape)} does not match expected shape ${describeShape(spec.shape)}.`,
      { ...columnOf(spec), expectedType: describeShape(spec.shape) },
    );
  }
  if (array.data.dtype !== spec.dtype) {
    throw schemaMismatch(
      `dtype of input ${array.data.dtype} does not match expected dtype ${spec.dtypeName}`,
      { ...columnOf(spec), expectedType: spec.dtypeName },
    );
  }
  return array;
}

function columnOf(spec: TensorSpec): { readonly column?: string } {
  return spec.name === undefined ? {} : { column: spec.name };
}

/** `Tensor('object', (-1,))`. */
function takesAnything(spec: TensorSpec): boolean {
  return spec.dtype === 'object' && spec.shape.length === 1 && spec.shape[0] === -1;
}

/** A one-dimensional array of objects where a dimension after the first may vary. */
function isRagged(array: NdArray, spec: TensorSpec): boolean {
  return (
    spec.shape.slice(1).includes(-1) && array.shape.length === 1 && array.data.dtype === 'object'
  );
}
