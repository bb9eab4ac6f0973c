/** ZipMap, the last operation of classifiers: rows of probabilities → maps by class. onnxruntime-node can't return maps. */
import { listOfDicts } from '../../data/dict-rows.ts';
import type { PyDict } from '../../data/py-value.ts';
import { readIntegers, readStrings } from './attribute-values.ts';
import { invalidModelFile, refuseInput } from './invalid-model-file.ts';
import type { ModelOutput, ZipLabels } from './model-interface.ts';
import type { OnnxNode } from './onnx-model.ts';
import type { TensorParts } from './to-tensor.ts';

/**
 * A dict for each row, its keys in the order of a C++ map; one row where the tensor has one dimension.
 * Source: onnxruntime 1.32 core/providers/cpu/ml/zipmap.cc.
 * @throws PREDICT_FAILED where the tensor does not fit the labels
 */
export function zipMaps(
  output: ModelOutput,
  labels: ZipLabels,
  tensor: TensorParts,
): readonly PyDict[] {
  const values = tensor.data as Float32Array;
  const [first = 0, second] = tensor.dims;
  const width = second ?? first;
  if (tensor.dims.length === 0 || tensor.dims.length > 2 || width !== labels.width) {
    throw refuseInput(
      `The output ${JSON.stringify(output.name)} wants the shape [any, ${labels.width}], one number a class, and the model gave [${tensor.dims.join(', ')}].`,
      { output: output.name, expected: labels.width, actual: tensor.dims },
    );
  }
  const { keys, columns } = labels;
  return listOfDicts({ keys, values: columns === null ? values : ordered(values, columns, width) });
}

/** The columns of each row in the order of their keys. */
function ordered(values: Float32Array, columns: readonly number[], width: number): Float32Array {
  const chosen = new Float32Array((values.length / width) * columns.length);
  let to = 0;
  for (let from = 0; from < values.length; from += width)
    for (const column of columns) chosen[to++] = values[from + column]!;
  return chosen;
}

/** The labels of a ZipMap node; of a label given twice the last counts. @throws MODEL_FILE_INVALID */
export function zipLabels(node: OnnxNode): ZipLabels {
  const integers = node.attributes.get('classlabels_int64s');
  const strings = node.attributes.get('classlabels_strings');
  const texts = strings === undefined ? [] : readStrings(strings);
  const numbers = integers === undefined ? [] : readIntegers(integers);
  if (texts.length > 0 === numbers.length > 0)
    throw invalidModelFile('a ZipMap has no class labels, or labels of two kinds');
  return texts.length > 0 ? sorted(texts, compareBytes) : sorted(numbers, compareNumbers);
}

function sorted<Label extends string | bigint>(
  labels: readonly Label[],
  compare: (a: Label, b: Label) => number,
): ZipLabels {
  const columnOf = new Map(labels.map((label, column) => [label, column]));
  const entries = Array.from(columnOf).toSorted(([a], [b]) => compare(a, b));
  const columns = entries.map(([, column]) => column);
  const isInOrder =
    columns.length === labels.length && columns.every((column, at) => column === at);
  return {
    width: labels.length,
    keys: entries.map(([label]) => String(label)),
    columns: isInOrder ? null : columns,
  };
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : 1;
}
