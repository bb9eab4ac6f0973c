/**
 * A signature as tensors of the Open Inference Protocol: what the metadata says, and what inputs are decoded by.
 * Source: mlserver-mlflow 1.7.1 metadata.py.
 */
import type { ColumnLabel } from '../../data/frame.ts';
import {
  type ColumnSpec,
  inputNames,
  isNamedSchema,
  type ScalarType,
  type Schema,
  type Signature,
  type TensorSpec,
} from '../../model/signature.ts';
import { type Datatype, datatypeOf } from './datatypes.ts';

/** How a whole request is decoded: `pd` a frame, `np` an array, `dict` arrays by name, `str` a list of texts. */
export type RequestContentType = 'pd' | 'np' | 'dict' | 'str';

/** One tensor of the metadata. */
export interface ModelTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly contentType: string;
  /** Label under which data must carry it: its name, or its position. */
  readonly label: ColumnLabel;
  readonly spec: ColumnSpec | TensorSpec;
}

/** What the protocol says of a model; null where its signature says nothing. */
export interface ModelTensors {
  readonly inputs: readonly ModelTensor[] | null;
  readonly outputs: readonly ModelTensor[] | null;
  /** By the name in the metadata. */
  readonly inputsByName: ReadonlyMap<string, ModelTensor>;
  /** True when clients may name inputs as they like, since the signature has no names. */
  readonly takesAnyName: boolean;
  readonly contentType: RequestContentType | null;
}

const scalarTensors: Readonly<Record<ScalarType, readonly [Datatype, string]>> = {
  boolean: ['BOOL', 'np'],
  integer: ['INT32', 'np'],
  long: ['INT64', 'np'],
  float: ['FP32', 'np'],
  double: ['FP64', 'np'],
  string: ['BYTES', 'str'],
  binary: ['BYTES', 'base64'],
  datetime: ['BYTES', 'datetime'],
};

/** Describes the signature of a model. */
export function describeTensors(signature: Signature | null): ModelTensors {
  const schema = signature?.inputs ?? null;
  const inputs = schema === null ? null : tensorsOf(schema, 'input-');
  const outputs = signature?.outputs ? tensorsOf(signature.outputs, 'output-') : null;
  return {
    inputs,
    outputs,
    inputsByName: new Map(inputs?.map((tensor) => [tensor.name, tensor])),
    takesAnyName: schema !== null && !isNamedSchema(schema),
    contentType: schema === null ? null : requestContentType(schema),
  };
}

function requestContentType(schema: Schema): RequestContentType {
  if (schema.kind === 'columns') return 'pd';
  return isNamedSchema(schema) ? 'dict' : 'np';
}

function tensorsOf(schema: Schema, prefix: string): readonly ModelTensor[] {
  const labels = inputNames(schema);
  const specs: readonly (ColumnSpec | TensorSpec)[] =
    schema.kind === 'columns' ? schema.columns : schema.tensors;
  return specs.map((spec, at) => ({
    name: spec.name || `${prefix}${at}`,
    label: labels[at]!,
    spec,
    ...formOf(spec),
  }));
}

function formOf(
  spec: ColumnSpec | TensorSpec,
): Pick<ModelTensor, 'datatype' | 'shape' | 'contentType'> {
  if ('dtypeName' in spec) {
    return { datatype: datatypeOf(spec.dtype ?? 'object'), shape: spec.shape, contentType: 'np' };
  }
  const { type } = spec;
  const [datatype, contentType] =
    type.kind === 'scalar' ? scalarTensors[type.type] : (['BYTES', 'pd_json'] as const);
  return { datatype, shape: [-1, 1], contentType };
}
