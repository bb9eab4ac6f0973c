/** Enforces a schema of tensors. Source: MLflow 3.17.2 models/utils.py `_enforce_tensor_schema`. */
import { type Frame, isFrame } from '../data/frame.ts';
import { isNdArray, type NdArray } from '../data/nd-array.ts';
import { isPyDict, type PyDict, type PyValue } from '../data/py-value.ts';
import { pythonClass } from '../data/python-repr.ts';
import { inputNames, isNamedSchema, type Schema, type TensorSpec } from '../model/signature.ts';
import { arrayFromFrame } from './array-from-frame.ts';
import { describeShape } from '../model/describe-signature.ts';
import { enforceTensor } from './enforce-tensor.ts';
import { checkNames } from './match-names.ts';
import { schemaMismatch } from './schema-mismatch.ts';
import { tensorFromColumn } from './tensor-from-column.ts';

type TensorSchema = Extract<Schema, { kind: 'tensors' }>;

/** Named tensors give a dict of arrays, an unnamed one an array. @throws SCHEMA_ENFORCEMENT_FAILED */
export function enforceTensors(data: PyValue, schema: TensorSchema): PyDict | NdArray {
  return isNamedSchema(schema)
    ? enforceNamed(data, schema)
    : enforceUnnamed(data, schema.tensors[0]!);
}

function enforceNamed(data: PyValue, schema: TensorSchema): PyDict {
  const names = inputNames(schema);
  const wrapped =
    isNdArray(data) && names.length === 1 ? new Map([[String(names[0]), data]]) : data;
  checkNames({ required: names, optional: [] }, actualNames(wrapped));
  const entries = schema.tensors.map((spec, position): [string, NdArray] => {
    const name = names[position]!;
    return [
      String(name),
      isFrame(wrapped) ? pickColumn(wrapped, name, spec) : pickArray(wrapped, name, spec),
    ];
  });
  return new Map(entries);
}

function actualNames(data: PyValue): readonly Frame['columns'][number]['label'][] {
  if (isFrame(data)) return data.columns.map(({ label }) => label);
  return isPyDict(data) ? Array.from(data.keys()) : [];
}

function pickColumn(data: Frame, name: string | number, spec: TensorSpec): NdArray {
  const found = data.columns.filter(({ label }) => label === name);
  if (found.length === 1) return tensorFromColumn(data, found[0]!.data, spec);
  throw schemaMismatch(`several input columns are named '${name}'`, { column: name });
}

function pickArray(data: PyValue, name: string | number, spec: TensorSpec): NdArray {
  const value = isPyDict(data) ? (data.get(String(name)) ?? null) : null;
  if (isNdArray(value)) return enforceTensor(value, spec);
  throw schemaMismatch(
    'This model contains a tensor-based model signature with input names, which suggests a dictionary input mapping input ' +
      `name to a numpy array, but a dict with value type ${pythonClass(value)} was found.`,
    { column: name },
  );
}

function enforceUnnamed(data: PyValue, spec: TensorSpec): NdArray {
  if (isNdArray(data)) return enforceTensor(data, spec);
  if (isFrame(data)) return fromFrame(data, spec);
  throw schemaMismatch(
    'This model contains a tensor-based model signature with no input names, which suggests a numpy array input or a pandas ' +
      `dataframe input with proper column values, but an input of type ${pythonClass(data)} was found.`,
  );
}

function fromFrame(data: Frame, spec: TensorSpec): NdArray {
  const count = data.columns.length;
  if (data.rowCount === 0 || count === 0) throw schemaMismatch('Input DataFrame is empty.');
  if (count === 1) return tensorFromColumn(data, data.columns[0]!.data, spec);
  if (spec.shape.length === 2 && spec.shape[0] === -1 && spec.shape[1] === count) {
    return enforceTensor(arrayFromFrame(data), spec);
  }
  throw schemaMismatch(
    'This model contains a model signature with an unnamed input. Since the input data is a pandas DataFrame containing ' +
      'multiple columns, the input shape must be of the structure (-1, number_of_dataframe_columns). Instead, the input ' +
      `DataFrame passed had ${count} columns and an input shape of ${describeShape(spec.shape)} with all values within the ` +
      'DataFrame of scalar type. Please adjust the passed in DataFrame to match the expected structure',
  );
}
