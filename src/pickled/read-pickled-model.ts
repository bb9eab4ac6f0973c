/** The one door to files that Python's object serializers write. */
import { readPickle } from './pickle/read-pickle.ts';
import type { PickledValue } from './pickled-value.ts';
import { readSkops } from './skops/read-skops.ts';

/** Values of `serialization_format` in MLmodel files; `unknown` looks at the first bytes. */
export type PickledFormat = 'skops' | 'pickle' | 'cloudpickle' | 'unknown';

/** How a zip archive begins, also an empty one. */
const zipStarts: ReadonlySet<string> = new Set(['PK\u0003\u0004', 'PK\u0005\u0006']);

/**
 * Reads a model file into records; nothing in it is imported, constructed or run.
 * cloudpickle writes pickles: both are read alike.
 *
 * @throws MODEL_FILE_INVALID when the file is damaged, refers to what is outside of it, or asks for too much memory
 */
export function readPickledModel(bytes: Uint8Array, format: PickledFormat): PickledValue {
  return isSkops(bytes, format) ? readSkops(bytes) : readPickle(bytes);
}

function isSkops(bytes: Uint8Array, format: PickledFormat): boolean {
  if (format !== 'unknown') return format === 'skops';
  return zipStarts.has(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));
}
