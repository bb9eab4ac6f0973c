/** Sparse matrices: `.npz` archives as `scipy.sparse.save_npz` writes them. Source: SciPy 1.17 sparse/_matrix_io.py. */
import { makeInstance } from '../call-global.ts';
import { invalidFile } from '../invalid-file.ts';
import { readNpy } from '../numpy/read-npy.ts';
import { isPickled, type PickledArray, type PickledValue } from '../pickled-value.ts';
import { ZipArchive } from '../zip/read-zip.ts';
import type { SkopsNode } from './skops-node.ts';
import type { SkopsReader } from './skops-reader.ts';

const parts = ['data', 'indices', 'indptr', 'row', 'col', 'coords', 'offsets'] as const;

/** The record of a sparse matrix has the attributes of a pickled one: `_shape`, `data`, `indices`, … */
export function loadSparse(node: SkopsNode, reader: SkopsReader): PickledValue {
  const file = node.text('file');
  const archive = new ZipArchive(reader.archive.read(file), reader.budget);
  const read = (name: string): PickledArray =>
    readNpy(
      archive.read(`${name}.npy`),
      `archive member ${file.slice(0, 80)}/${name}`,
      reader.budget,
    );
  const attributes = new Map<PickledValue, PickledValue>([
    ['_shape', shapeOf(read('shape'), node)],
  ]);
  for (const part of parts) if (archive.has(`${part}.npy`)) attributes.set(part, read(part));
  return makeInstance(node.className(), [], attributes);
}

function shapeOf(shape: PickledArray, node: SkopsNode): PickledValue {
  if (!isPickled(shape, 'array')) throw invalidFile('a sparse matrix has no shape', node.path());
  const values = shape.data.values as ArrayLike<unknown>;
  const items = Array.from(values, (extent) => {
    if (typeof extent === 'bigint' || typeof extent === 'number') return BigInt(extent);
    throw invalidFile('a sparse matrix has no shape', node.path());
  });
  return { kind: 'tuple', items };
}
