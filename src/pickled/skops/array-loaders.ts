/** skops' loaders of NumPy and SciPy types. Source: skops 0.16 io/_numpy.py, io/_scipy.py. */
import { makeInstance } from '../call-global.ts';
import { invalidFile } from '../invalid-file.ts';
import { checkShape } from '../numpy/decode-array.ts';
import { elementCount, parseDtypeText } from '../numpy/dtype.ts';
import { readNpyHeader } from '../numpy/read-npy.ts';
import { scalarOf } from '../numpy/scalar-of.ts';
import { isPickled, type PickledObjectArray, type PickledValue } from '../pickled-value.ts';
import { loadSparse } from './load-sparse.ts';
import type { SkopsNode } from './skops-node.ts';
import type { NodeLoader, SkopsReader } from './skops-reader.ts';

/** Loader name → what it makes. */
export const arrayLoaders: readonly (readonly [string, NodeLoader])[] = [
  ['NdArrayNode', loadArray],
  ['MaskedArrayNode', loadMasked],
  ['DTypeNode', loadDtype],
  ['SparseMatrixNode', loadSparse],
];

/** Arrays, and NumPy scalars, which are arrays of shape () with the class of the scalar. */
function loadArray(node: SkopsNode, reader: SkopsReader): PickledValue {
  const type = node.text('type');
  if (type === 'json') return loadObjectArray(node, reader);
  if (type !== 'numpy') throw invalidFile('an array of an unknown type', node.path());
  const array = reader.readArray(node.text('file'));
  if (array.shape.length > 0 || node.className() === 'numpy.ndarray') return array;
  return scalarOf(array);
}

/** Arrays of objects: lists in lists, as deep as the shape is long. */
function loadObjectArray(node: SkopsNode, reader: SkopsReader): PickledObjectArray {
  const shape = readShape(node, reader);
  let items: readonly PickledValue[] = node.children('content').map((item) => reader.read(item));
  for (const [axis, extent] of shape.entries()) {
    if (axis > 0) items = items.flatMap((item) => listItems(item, extent, node));
  }
  if (items.length !== elementCount(shape)) {
    throw invalidFile('an array has another number of items than its shape needs', node.path());
  }
  return { kind: 'objects', shape, items };
}

function listItems(item: PickledValue, extent: number, node: SkopsNode): readonly PickledValue[] {
  if (isPickled(item, 'list') && item.items.length === extent) return item.items;
  throw invalidFile('an array of objects has another shape than it says', node.path());
}

function readShape(node: SkopsNode, reader: SkopsReader): readonly number[] {
  const tuple = reader.read(node.childAt('shape'));
  const shape = isPickled(tuple, 'tuple')
    ? tuple.items.map((extent) => (typeof extent === 'bigint' ? Number(extent) : -1))
    : [];
  if (shape.length === 0) throw invalidFile('an array of objects has no shape', node.path());
  checkShape(shape, node.path());
  return shape;
}

function loadMasked(node: SkopsNode, reader: SkopsReader): PickledValue {
  const content = node.object('content');
  const attributes = ['data', 'mask'].map(
    (name) => [name, reader.read(node.child(content.get(name), name))] as const,
  );
  return makeInstance('numpy.ma.MaskedArray', [], new Map<PickledValue, PickledValue>(attributes));
}

/** A dtype is kept as an empty array of it. */
function loadDtype(node: SkopsNode, reader: SkopsReader): PickledValue {
  const content = node.childAt('content');
  const file = content.fields.get('file');
  const dtype =
    typeof file === 'string'
      ? readNpyHeader(reader.archive.read(file), node.path()).dtype
      : parseDtypeText('O');
  if (dtype === undefined) throw invalidFile('a dtype is missing', node.path());
  return dtype;
}
